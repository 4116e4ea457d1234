import type { EventDocument } from '../../core/port/event-document.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import { eventLimitOf, recordedBoundOf } from '../../core/reading/query-options.ts'
import { DOCUMENT_COLUMNS } from './documents.ts'
import type { Handle } from './handle.ts'
import { eventsOfMoment } from './query/same-millisecond.ts'
import { type QueryRow, type Selection, selectionOf, toEvent, typesOf } from './query/selection.ts'
import type { Database } from './sqlite/database.ts'

// The maximum number of events of one type in a window.
const WINDOW = 500

// Beyond JavaScript's Date range.
const FOREVER = 8.64e15 + 1

/**
 * `EventLog.query`: proceeds through time in windows, each read by the index of type and time. A millisecond with more
 * events than a window holds is processed stream by stream.
 */
export function querier(handle: Handle): EventLog['query'] {
  const { database } = handle.log
  return async function* (query) {
    const selection = selectionOf(query)
    const { signal } = query
    let left = eventLimitOf(query)
    let from = recordedBoundOf(query.recorded?.from) ?? -FOREVER
    const to = recordedBoundOf(query.recorded?.to) ?? FOREVER
    while (from < to && left > 0) {
      await handle.ready()
      signal?.throwIfAborted()
      const window = database.read(() => readWindow(database, selection, from, to, left))
      const pages = window.isCrowded ? eventsOfMoment(handle, selection, from, signal) : [window.events]
      for await (const events of pages) {
        for (const event of events) {
          signal?.throwIfAborted()
          yield event
          if (--left === 0) return
        }
      }
      from = window.until
    }
  }
}

type Window = { readonly events: readonly EventDocument[]; readonly until: number; readonly isCrowded: boolean }

function readWindow(database: Database, selection: Selection, from: number, to: number, limit: number): Window {
  const types = typesOf(database, selection)
  const crowdedAt = nextBeyond(database, types, from, to)
  if (crowdedAt === from) return { events: [], until: from + 1, isCrowded: true }
  const until = crowdedAt ?? to
  const sql = `
    SELECT ${DOCUMENT_COLUMNS}, name FROM (SELECT value FROM json_each(?)) AS types
    CROSS JOIN events ON type = types.value AND recorded_at >= ? AND recorded_at < ?
    CROSS JOIN streams ON streams.id = events.stream
    WHERE true${selection.streams.text}${selection.events.text}
    ORDER BY recorded_at, name, version LIMIT ?`
  const rows = database.all<QueryRow>(
    sql,
    types,
    from,
    until,
    ...selection.streams.values,
    ...selection.events.values,
    Math.min(limit, Number.MAX_SAFE_INTEGER),
  )
  return { events: rows.map(toEvent), until, isCrowded: false }
}

// The recording time of the first event that does not fit into a window starting here, for the type with the most
// events.
function nextBeyond(database: Database, types: string, from: number, to: number): number | null {
  const sql = `
    SELECT min((SELECT recorded_at FROM events WHERE type = types.value AND recorded_at >= ?2 AND recorded_at < ?3
      ORDER BY recorded_at LIMIT 1 OFFSET ${WINDOW}))
    FROM (SELECT value FROM json_each(?1)) AS types`
  return database.get<[number | null]>(sql, types, from, to)?.[0] ?? null
}
