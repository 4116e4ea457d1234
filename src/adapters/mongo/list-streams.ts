import type { EventLog } from '../../core/port/event-log.ts'
import { categoryIds } from '../../core/reading/category-ids.ts'
import { eventLimitOf } from '../../core/reading/query-options.ts'
import type { Handle } from './handle.ts'

const PAGE = 500

/** `EventLog.streams`: the heads of streams, page by page in the order of their index of ids. */
export function streamLister(handle: Handle): EventLog['streams'] {
  const { streams } = handle.collections
  return async function* (query = {}) {
    handle.assertOpen()
    const { category, signal } = query
    let left = eventLimitOf(query)
    let after = query.after ?? ''
    const ids = category === undefined ? undefined : categoryIds(category)
    if (category !== undefined && ids === undefined) return
    while (left > 0) {
      signal?.throwIfAborted()
      const size = Math.min(PAGE, left)
      const place = { $gt: after, ...(ids && { $gte: ids.min, $lt: ids.max }) }
      const page = await handle.run(
        (attempt) =>
          streams
            .find({ _id: place, deleted: { $exists: false } }, { ...attempt })
            .sort({ _id: 1 })
            .limit(size)
            .batchSize(size)
            .toArray(),
        signal,
      )
      for (const { _id } of page) {
        signal?.throwIfAborted()
        yield _id
      }
      if (page.length < size) return
      left -= page.length
      after = page.at(-1)?._id as string
    }
  }
}
