import { parseFilter } from '../../../core/filter.ts'
import type { EventQuery } from '../../../core/port/event-log.ts'
import type { Operation } from '../client/operation.ts'
import { Parameters } from '../conditions.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { PartitionQueries } from '../partitions/partition-queries.ts'
import { selection } from './events.ts'
import { compareEvents } from './order.ts'
import type { Source } from './source.ts'
import { writtenBounds } from './time.ts'

/**
 * The events without a time of recording, such as the .NET demo wrote, by when they were written. That is told in
 * seconds, so a page always ends with the end of one.
 */
export function legacyEvents(queries: PartitionQueries, query: EventQuery): Source {
  const conditions = parseFilter(query.where)
  const { from, to } = writtenBounds(query)
  let after: number | undefined

  const ask = (operation: Operation, condition: (parameters: Parameters) => string, most: number) => {
    const parameters = new Parameters()
    const where = `NOT IS_DEFINED(c.metadata.recordedAt)${selection(query, conditions, parameters)}`
    const sql = `SELECT * FROM c WHERE ${where}${condition(parameters)} ORDER BY c._ts ASC`
    return queries.each<StoredEvent>(
      operation,
      { query: sql, parameters: parameters.all },
      most === undefined ? {} : { most },
    )
  }
  const isLater = (parameters: Parameters): string =>
    (from === undefined ? '' : ` AND c._ts >= ${parameters.add(from)}`) +
    (to === undefined ? '' : ` AND c._ts < ${parameters.add(to)}`) +
    (after === undefined ? '' : ` AND c._ts > ${parameters.add(after)}`)

  return async (operation: Operation, most: number) => {
    const partitions = await ask(operation, isLater, most)
    // A partition that had more to give has been read up to its last second, but that one perhaps not whole.
    const open = partitions.flatMap((rows) => (rows.length < most ? [] : [rows.at(-1)?._ts ?? 0]))
    const end = open.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...open)
    const rows = partitions.flat().filter(({ _ts }) => _ts < end)
    if (open.length > 0) {
      const second = await ask(
        operation,
        (parameters) => ` AND c._ts = ${parameters.add(end)}`,
        Number.MAX_SAFE_INTEGER,
      )
      rows.push(...second.flat())
      after = end
    }
    return { events: rows.map(toDocument).sort(compareEvents), ended: open.length === 0 }
  }
}
