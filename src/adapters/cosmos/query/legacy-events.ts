import { compareEvents } from '../../../core/adapters/compare-events.ts'
import type { Clock } from '../../../core/clock.ts'
import type { EventQuery } from '../../../core/port/event-log.ts'
import { parseFilter } from '../../../core/reading/filter.ts'
import type { Operation } from '../client/operation.ts'
import { Parameters } from '../conditions.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { PartitionQueries } from '../partitions/partition-queries.ts'
import { selection } from './events.ts'
import type { Source } from './source.ts'
import { writtenBounds } from './time.ts'

// Milliseconds for which it is cached that there are no such events.
const REMEMBERED = 60_000

/**
 * Creates the function that finds out whether there may be events without a recording time. If there are none, this is
 * cached for a minute: otherwise a log that only Tidemark writes would pay for each query twice.
 */
export function legacyProbe(queries: PartitionQueries, timing: Clock): (operation: Operation) => Promise<boolean> {
  const query = 'SELECT TOP 1 VALUE c.id FROM c WHERE NOT IS_DEFINED(c.metadata.recordedAt)'
  let seenNone = Number.NEGATIVE_INFINITY
  return async (operation) => {
    const asked = timing.now()
    if (asked >= seenNone && asked < seenNone + REMEMBERED) return false
    const found = await queries.each<string>(operation, { query, parameters: [] }, { most: 1 })
    if (found.some((rows) => rows.length > 0)) return true
    seenNone = asked
    return false
  }
}

/**
 * The events without a recording time, such as those of the .NET demo, by their write time. That has a resolution of
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
    // A partition that had more rows was read up to its last second, but that one perhaps incompletely.
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
