import type { EventLog } from '../../core/port/event-log.ts'
import { categoryIds } from '../../core/reading/category-ids.ts'
import { eventLimitOf } from '../../core/reading/query-options.ts'
import type { Handle } from './handle.ts'

const PAGE = 500

// The index of names is in the order of UTF-8, which is that of code points.
const SQL = `
  SELECT name FROM streams
  WHERE name > ?1 AND (?2 IS NULL OR (name >= ?2 AND name < ?3)) AND NOT deleted ORDER BY name LIMIT ?4`

/** `EventLog.streams`: page by page in the order of the index of names. */
export function streamLister(handle: Handle): EventLog['streams'] {
  const { database } = handle.log
  return async function* (query = {}) {
    const { category, signal } = query
    let left = eventLimitOf(query)
    let after = query.after ?? ''
    const ids = category === undefined ? undefined : categoryIds(category)
    await handle.ready()
    if (category !== undefined && ids === undefined) return
    while (left > 0) {
      await handle.ready()
      signal?.throwIfAborted()
      const size = Math.min(PAGE, left)
      const from = after
      const rows = database.read(() => database.all<[string]>(SQL, from, ids?.min ?? null, ids?.max ?? null, size))
      for (const [name] of rows) {
        signal?.throwIfAborted()
        yield name
      }
      if (rows.length < size) return
      left -= rows.length
      after = rows.at(-1)?.[0] as string
    }
  }
}
