import { parseFilter } from '../../core/filter.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { EventLog, EventQuery } from '../../core/port/event-log.ts'
import { eventLimitOf, recordedBoundOf } from '../../core/query-options.ts'
import { conditionsSql, type Sql } from './conditions.ts'
import { DOCUMENT_COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import type { Database } from './sqlite/database.ts'
import { toText } from './text.ts'

// Events of one type that a page looks at, more or less: all of one millisecond come together.
const WINDOW = 500

// Beyond what JavaScript's Date can hold.
const FOREVER = 8.64e15 + 1

/** `EventLog.query`: goes through time in windows, each read by the index of type and time. */
export function querier(handle: Handle): EventLog['query'] {
  const { database } = handle.log
  return async function* (query) {
    const filter = conditionsSql(parseFilter(query.where), 'data')
    let left = eventLimitOf(query)
    let from = recordedBoundOf(query.recorded?.from) ?? -FOREVER
    const to = recordedBoundOf(query.recorded?.to) ?? FOREVER
    while (from < to && left > 0) {
      await handle.ready()
      query.signal?.throwIfAborted()
      const { events, until } = database.read(() => page(database, query, filter, from, to, left))
      for (const event of events) {
        query.signal?.throwIfAborted()
        yield event
      }
      left -= events.length
      from = until
    }
  }
}

type Page = { readonly events: readonly EventDocument[]; readonly until: number }

type QueryRow = readonly [...DocumentRow, name: string]

function page(database: Database, query: EventQuery, filter: Sql, from: number, to: number, limit: number): Page {
  const types = JSON.stringify([...new Set(query.types?.map(toText) ?? allTypes(database))])
  const until = endOfWindow(database, types, from, to)
  const sql = `
    SELECT ${DOCUMENT_COLUMNS}, name FROM (SELECT value FROM json_each(?)) AS types
    CROSS JOIN events ON type = types.value AND recorded_at >= ? AND recorded_at < ?
    CROSS JOIN streams ON streams.id = events.stream AND NOT deleted
    WHERE ${query.category === undefined ? 'true' : `substr(name, 1, instr(name, ':') - 1) = ?`}${filter.text}
    ORDER BY recorded_at, name, version LIMIT ?`
  const rows = database.all<QueryRow>(
    sql,
    types,
    from,
    until,
    ...(query.category === undefined ? [] : [query.category]),
    ...filter.values,
    Math.min(limit, Number.MAX_SAFE_INTEGER),
  )
  return { events: rows.map((row) => toDocument(row[6], row as unknown as DocumentRow)), until }
}

// A window ends where the type of which there is most has had its share of rows, at the end of that millisecond.
function endOfWindow(database: Database, types: string, from: number, to: number): number {
  const sql = `
    SELECT min((SELECT recorded_at FROM events WHERE type = types.value AND recorded_at >= ?2 AND recorded_at < ?3
      ORDER BY recorded_at LIMIT 1 OFFSET ${WINDOW}))
    FROM (SELECT value FROM json_each(?1)) AS types`
  const last = database.get<[number | null]>(sql, types, from, to)?.[0]
  return last === null || last === undefined ? to : last + 1
}

// One look-up in the index for each type, however many events there are.
function allTypes(database: Database): string[] {
  const types: string[] = []
  const sql = 'SELECT min(type) FROM events WHERE type > ?'
  for (let type = ''; ; ) {
    const next = database.get<[string | null]>(sql, type)?.[0]
    if (!next) return types
    types.push(next)
    type = next
  }
}
