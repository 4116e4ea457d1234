import type { EventDocument } from '../../../core/port/event-document.ts'
import { DOCUMENT_COLUMNS } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Database } from '../sqlite/database.ts'
import { mergeRuns } from './merge-by-time.ts'
import { type QueryRow, type Selection, toEvent, typesOf } from './selection.ts'

// Rows of the index that are scanned, and streams whose names are read, before yielding to the event loop.
const CHUNK = 1000

// The approximate number of events in a page.
const PAGE = 250

/**
 * The events of one stream in the millisecond: their versions are consecutive, because times never decrease in a
 * stream.
 */
type Share = { readonly id: number; readonly name: string; readonly low: number; readonly high: number }

type Versions = { low: number; high: number }

/**
 * The selected events that were recorded in one millisecond, by stream and version, in pages. An import without times
 * of day puts a whole log into few milliseconds. So it first finds the streams that have events there, and then reads
 * their events in the order of their names. It keeps a few numbers and a name for each such stream in memory.
 *
 * @param time milliseconds since 1970
 */
export async function* eventsOfMoment(
  handle: Handle,
  selection: Selection,
  time: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly EventDocument[]> {
  const { database } = handle.log
  const inTurn = async <T>(work: () => T): Promise<T> => {
    await handle.ready()
    signal?.throwIfAborted()
    return database.read(work)
  }
  const types = await inTurn(() => typesOf(database, selection))
  const streams = new Map<number, Versions>()
  for (const type of JSON.parse(types) as string[]) {
    for (let pos: number | undefined = -1; pos !== undefined; ) {
      const after: number = pos
      pos = await inTurn(() => noteStreams(database, type, time, after, streams))
    }
  }
  const ids = [...streams.keys()]
  const runs: Share[][] = []
  for (let i = 0; i < ids.length; i += CHUNK) {
    runs.push(await inTurn(() => named(database, selection, ids.slice(i, i + CHUNK), streams)))
  }
  for (const pieces of pagesOf(mergeRuns(runs))) {
    yield await inTurn(() => readPieces(database, selection, types, time, pieces))
  }
}

/** @returns the place after which to resume, or undefined at the end */
function noteStreams(
  database: Database,
  type: string,
  time: number,
  after: number,
  streams: Map<number, Versions>,
): number | undefined {
  const sql = `
    SELECT pos, stream, version FROM events INDEXED BY events_by_type
    WHERE type = ? AND recorded_at = ? AND pos > ? ORDER BY pos LIMIT ${CHUNK}`
  const rows = database.all<[number, number, number]>(sql, type, time, after)
  for (const [, stream, version] of rows) {
    const known = streams.get(stream)
    if (known === undefined) streams.set(stream, { low: version, high: version })
    else {
      known.low = Math.min(known.low, version)
      known.high = Math.max(known.high, version)
    }
  }
  return rows.length < CHUNK ? undefined : rows.at(-1)?.[0]
}

function named(
  database: Database,
  { streams: { text, values } }: Selection,
  ids: readonly number[],
  streams: ReadonlyMap<number, Versions>,
): Share[] {
  const sql = `
    SELECT id, name FROM (SELECT value FROM json_each(?)) AS wanted CROSS JOIN streams ON streams.id = wanted.value
    WHERE true${text} ORDER BY name`
  const rows = database.all<[number, string]>(sql, JSON.stringify(ids), ...values)
  return rows.map(([id, name]) => ({ id, name, ...(streams.get(id) as Versions) }))
}

/** Pieces of streams, in groups of about a page of events. */
function* pagesOf(shares: Iterable<Share>): Generator<(readonly [stream: number, from: number, to: number])[]> {
  let pieces: (readonly [number, number, number])[] = []
  let room = PAGE
  for (const { id, low, high } of shares) {
    for (let from = low; from <= high; ) {
      const to = Math.min(high, from + room - 1)
      pieces.push([id, from, to])
      room -= to - from + 1
      from = to + 1
      if (room > 0) continue
      yield pieces
      pieces = []
      room = PAGE
    }
  }
  if (pieces.length > 0) yield pieces
}

function readPieces(
  database: Database,
  selection: Selection,
  types: string,
  time: number,
  pieces: readonly (readonly number[])[],
): EventDocument[] {
  // The plus signs keep SQLite from using the index of types and time, which contains the whole millisecond.
  const sql = `
    SELECT ${DOCUMENT_COLUMNS}, name FROM (SELECT key, value FROM json_each(?)) AS piece
    CROSS JOIN events ON stream = piece.value ->> 0 AND version BETWEEN piece.value ->> 1 AND piece.value ->> 2
    CROSS JOIN streams ON streams.id = stream
    WHERE +recorded_at = ? AND +type IN (SELECT value FROM json_each(?))${selection.streams.text}${selection.events.text}
    ORDER BY piece.key, version`
  const rows = database.all<QueryRow>(
    sql,
    JSON.stringify(pieces),
    time,
    types,
    ...selection.streams.values,
    ...selection.events.values,
  )
  return rows.map(toEvent)
}
