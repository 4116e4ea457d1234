import type { EventLog } from '../../core/port/event-log.ts'
import { categoryIds } from '../../core/reading/category-ids.ts'
import { eventLimitOf } from '../../core/reading/query-options.ts'
import type { Handle } from './handle.ts'
import { compareValues } from './matches.ts'
import type { MemoryState } from './state.ts'

const PAGE = 100

/** `EventLog.streams` in memory. */
export function streamLister(handle: Handle): EventLog['streams'] {
  return async function* (query = {}) {
    handle.assertOpen()
    const { category, signal } = query
    let left = eventLimitOf(query)
    let after = query.after ?? ''
    if (category !== undefined && categoryIds(category) === undefined) return
    while (left > 0) {
      signal?.throwIfAborted()
      const size = Math.min(PAGE, left)
      const page = await handle.run(() => idsBehind(handle.state, after, category).slice(0, size))
      for (const id of page) {
        signal?.throwIfAborted()
        yield id
      }
      if (page.length < size) return
      left -= page.length
      after = page.at(-1) as string
    }
  }
}

const idsBehind = ({ streams }: MemoryState, after: string, category: string | undefined): string[] =>
  [...streams.values()]
    .filter(({ id, events, deleted }) => !deleted && events.length > 0 && compareValues(id, after) > 0)
    .flatMap(({ id }) => (category === undefined || id.startsWith(`${category}:`) ? [id] : []))
    .sort(compareValues)
