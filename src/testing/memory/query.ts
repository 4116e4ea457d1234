import { compareEvents } from '../../core/adapters/compare-events.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { EventLog, EventQuery } from '../../core/port/event-log.ts'
import { type Condition, parseFilter } from '../../core/reading/filter.ts'
import { eventLimitOf, recordedBoundOf } from '../../core/reading/query-options.ts'
import { documentOf } from './documents.ts'
import type { Handle } from './handle.ts'
import { matches } from './matches.ts'
import type { MemoryState } from './state.ts'

const PAGE = 1000

/** `EventLog.query` in memory. */
export function querier(handle: Handle): EventLog['query'] {
  return async function* (query) {
    handle.assertOpen()
    const conditions = parseFilter(query.where)
    const test = matcher(query, conditions)
    let left = eventLimitOf(query)
    let after: EventDocument | undefined
    while (left > 0) {
      query.signal?.throwIfAborted()
      const size = Math.min(PAGE, left)
      const page = await handle.run(() => select(handle.state, test, after).slice(0, size))
      for (const event of page) {
        query.signal?.throwIfAborted()
        yield event
      }
      if (page.length < size) return
      left -= page.length
      after = page.at(-1)
    }
  }
}

function matcher(query: EventQuery, conditions: readonly Condition[]) {
  const from = recordedBoundOf(query.recorded?.from) ?? Number.NEGATIVE_INFINITY
  const to = recordedBoundOf(query.recorded?.to) ?? Number.POSITIVE_INFINITY
  return (event: EventDocument): boolean => {
    const recorded = Date.parse(event.metadata.recordedAt)
    return (
      (query.types?.includes(event.eventType) ?? true) &&
      (query.category === undefined || event.stream.id.split(':')[0] === query.category) &&
      recorded >= from &&
      recorded < to &&
      matches(event.eventData, conditions)
    )
  }
}

function select(state: MemoryState, test: (event: EventDocument) => boolean, after: EventDocument | undefined) {
  return [...state.streams.values()]
    .filter((stream) => !stream.deleted)
    .flatMap((stream) => stream.events.flatMap((event) => (event ? [documentOf(event)] : [])))
    .filter((event) => test(event) && (after === undefined || compareEvents(event, after) > 0))
    .sort(compareEvents)
}
