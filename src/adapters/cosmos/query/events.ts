import { compareEvents } from '../../../core/adapters/compare-events.ts'
import { type EventDocument, HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { EventQuery } from '../../../core/port/event-log.ts'
import { type Condition, parseFilter } from '../../../core/reading/filter.ts'
import type { Operation } from '../client/operation.ts'
import { conditionsSql, Parameters, type Sql } from '../conditions.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { PartitionQueries } from '../partitions/partition-queries.ts'
import type { Source } from './source.ts'
import { recordedBounds } from './time.ts'

/** The events with a recording time, by keys: each page begins after the last event of the previous one. */
export function recordedEvents(queries: PartitionQueries, query: EventQuery): Source {
  const conditions = parseFilter(query.where)
  const { from, to } = recordedBounds(query)
  let after: EventDocument | undefined
  return async (operation: Operation, most: number) => {
    const parameters = new Parameters()
    const where = [`IS_DEFINED(c.metadata.recordedAt)${selection(query, conditions, parameters)}`]
    if (from !== undefined) where.push(`c.metadata.recordedAt >= ${parameters.add(from)}`)
    if (to !== undefined) where.push(`c.metadata.recordedAt < ${parameters.add(to)}`)
    if (after !== undefined) where.push(pastSql(after, parameters))
    const sql: Sql = {
      query:
        `SELECT * FROM c WHERE ${where.join(' AND ')}` +
        ' ORDER BY c.metadata.recordedAt ASC, c.stream.id ASC, c.stream.version ASC',
      parameters: parameters.all,
    }
    const rows = await queries.each<StoredEvent>(operation, sql, { most })
    const page = rows.flat().map(toDocument).sort(compareEvents).slice(0, most)
    after = page.at(-1) ?? after
    return { events: page, ended: page.length < most }
  }
}

/** The conditions that select both kinds of events, each preceded by AND. */
export function selection(query: EventQuery, conditions: readonly Condition[], parameters: Parameters): string {
  const { types, category } = query
  const isOfType = types && ` AND ARRAY_CONTAINS(${parameters.add([...types])}, c.eventType)`
  const isInCategory = category !== undefined && ` AND STARTSWITH(c.stream.id, ${parameters.add(`${category}:`)})`
  const isOwn = ` AND NOT ARRAY_CONTAINS(${parameters.add([TOMBSTONE, HUSK])}, c.eventType)`
  return isOwn + (isOfType || '') + (isInCategory || '') + conditionsSql(conditions, parameters, ['eventData'])
}

function pastSql({ metadata, stream }: EventDocument, parameters: Parameters): string {
  const at = parameters.add(metadata.recordedAt)
  const id = parameters.add(stream.id)
  const version = parameters.add(stream.version)
  const isLater = `c.stream.id > ${id} OR (c.stream.id = ${id} AND c.stream.version > ${version})`
  return `c.metadata.recordedAt >= ${at} AND (c.metadata.recordedAt > ${at} OR (c.metadata.recordedAt = ${at} AND (${isLater})))`
}
