import { compareTexts } from '../../core/adapters/compare-events.ts'
import { HUSK, TOMBSTONE } from '../../core/port/event-document.ts'
import type { EventLog, StreamsQuery } from '../../core/port/event-log.ts'
import { categoryIds } from '../../core/reading/category-ids.ts'
import { eventLimitOf } from '../../core/reading/query-options.ts'
import type { Operation } from './client/operation.ts'
import { Parameters } from './conditions.ts'
import type { Handle } from './handle.ts'
import { type PartitionQueries, partitionQueries } from './partitions/partition-queries.ts'
import { deletedAmong } from './streams/deleted-among.ts'

const PAGE = 500

/**
 * `EventLog.streams`: the first events of streams, which every stream has, in the order of the index of stream ids. Each
 * page asks every physical partition once, and once more which of the streams were deleted.
 */
export function streamLister(handle: Handle): EventLog['streams'] {
  const queries = partitionQueries(handle.containers.events)
  return async function* (query = {}) {
    handle.assertOpen()
    const { category, signal } = query
    let left = eventLimitOf(query)
    let { after } = query
    if (category !== undefined && categoryIds(category) === undefined) return
    while (left > 0) {
      const size = Math.min(PAGE, left)
      const from = after
      const readPage = (operation: Operation) =>
        pageOf(operation, queries, { ...query, ...(from !== undefined && { after: from }) }, size)
      const { found, ids } = await handle.run('streams', readPage, signal)
      for (const id of ids) {
        signal?.throwIfAborted()
        yield id
      }
      if (found.length < size) return
      left -= ids.length
      after = found.at(-1)
    }
  }
}

async function pageOf(
  operation: Operation,
  queries: PartitionQueries,
  { category, after }: StreamsQuery,
  size: number,
): Promise<{ readonly found: readonly string[]; readonly ids: readonly string[] }> {
  const parameters = new Parameters()
  const isOwn = `NOT ARRAY_CONTAINS(${parameters.add([TOMBSTONE, HUSK])}, c.eventType)`
  const isAfter = after === undefined ? '' : ` AND c.stream.id > ${parameters.add(after)}`
  const isInCategory = category === undefined ? '' : ` AND STARTSWITH(c.stream.id, ${parameters.add(`${category}:`)})`
  const sql = {
    query: `SELECT VALUE c.stream.id FROM c WHERE c.stream.version = 1 AND ${isOwn}${isAfter}${isInCategory} ORDER BY c.stream.id ASC`,
    parameters: parameters.all,
  }
  const rows = await queries.each<string>(operation, sql, { most: size })
  const found = rows.flat().sort(compareTexts).slice(0, size)
  const deleted = await deletedAmong(operation, queries, found)
  return { found, ids: found.filter((id) => !deleted.has(id)) }
}
