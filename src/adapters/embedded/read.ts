import { StreamDeleted } from '../../core/errors/append.ts'
import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { InvalidPosition } from '../../core/errors/input.ts'
import { type EventDocument, HUSK } from '../../core/port/event-document.ts'
import type { EventLog, FoundAppend, LoadedStream, Located, ReadOptions } from '../../core/port/event-log.ts'
import { decodePosition, type PositionMark } from '../../core/positions/position-token.ts'
import { hashOf } from '../../core/positions/stream-slot.ts'
import { followingPage } from '../../core/reading/following-page.ts'
import { readOptionsOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { positionAt } from './append.ts'
import { DOCUMENT_COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import type { Handle } from './handle.ts'
import { SLOT_SIZE } from './schema/events.ts'
import type { Database } from './sqlite/database.ts'
import { toText } from './sqlite/text.ts'

const PAGE = 256

/** The reading half of the event log. */
export function reader(handle: Handle): Pick<EventLog, 'read' | 'load' | 'findAppend' | 'locate'> {
  const { database } = handle.log
  const readPage = async (streamId: string, given: ReadOptions): Promise<LoadedStream> => {
    assertStreamId(streamId)
    const options = readOptionsOf(given)
    await handle.ready()
    options.signal?.throwIfAborted()
    return database.read(() => {
      const stream = existing(database, streamId)
      if (stream === undefined) return { events: [], version: 0 }
      return { events: select(database, streamId, stream, options, PAGE), version: stream.head }
    })
  }
  return {
    async *read(streamId, options = {}) {
      let rest: ReadOptions | undefined = options
      while (rest !== undefined) {
        const { events }: LoadedStream = await readPage(streamId, rest)
        for (const event of events) {
          options.signal?.throwIfAborted()
          yield event
        }
        rest = events.length < PAGE ? undefined : followingPage(rest, events)
      }
    },
    async load(streamId, options = {}) {
      const first = await readPage(streamId, options)
      if (first.events.length < PAGE) return first
      // It yields to the event loop between pages. What is appended in the meantime is left out, and a stream that is
      // deleted in the meantime fails with StreamDeleted, so the result is still that of one moment.
      const { version } = first
      const events = [...first.events]
      const isForwards = options.direction !== 'backwards'
      let rest = followingPage(
        isForwards ? { ...options, to: Math.min(options.to ?? version, version) } : options,
        events,
      )
      while (rest !== undefined) {
        const page: LoadedStream = await readPage(streamId, rest)
        for (const event of page.events) events.push(event)
        rest = page.events.length < PAGE ? undefined : followingPage(rest, page.events)
      }
      return { events, version }
    },
    async findAppend(streamId, eventId) {
      assertStreamId(streamId)
      await handle.ready()
      return database.read(() => {
        const stream = existing(database, streamId)
        return stream && findAppend(handle, streamId, stream, eventId)
      })
    },
    async locate(position) {
      await handle.ready()
      const { incarnation, marks } = decodePosition(position)
      if (incarnation !== handle.incarnation) {
        throw new IncarnationMismatch('A position', handle.incarnation, incarnation)
      }
      return database.read(() => marks.map((mark) => locate(database, mark)))
    },
  }
}

type Stream = { readonly id: number; readonly head: number; readonly deleted: boolean }

function find(database: Database, streamId: string): Stream | undefined {
  const sql = `
    SELECT id, deleted, (SELECT max(version) FROM events WHERE stream = streams.id) FROM streams WHERE name = ?`
  const row = database.get<[number, number, number]>(sql, streamId)
  return row && { id: row[0], deleted: row[1] === 1, head: row[2] }
}

function existing(database: Database, streamId: string): Stream | undefined {
  const stream = find(database, streamId)
  if (stream?.deleted) throw new StreamDeleted(streamId)
  return stream
}

const SELECT = `SELECT ${DOCUMENT_COLUMNS} FROM events WHERE stream = ? AND version BETWEEN ? AND ?`
const FORWARDS = `${SELECT} ORDER BY version LIMIT ?`
const BACKWARDS = `${SELECT} ORDER BY version DESC LIMIT ?`

function select(
  database: Database,
  streamId: string,
  { id, head }: Stream,
  { from, to, direction = 'forwards', limit = Number.MAX_SAFE_INTEGER }: ReadOptions,
  page: number,
): EventDocument[] {
  const isForwards = direction === 'forwards'
  const [low, high] = isForwards ? [from ?? 1, to ?? head] : [to ?? 1, from ?? head]
  const rows = database.all<DocumentRow>(
    isForwards ? FORWARDS : BACKWARDS,
    id,
    Math.max(low, 1),
    Math.min(high, head),
    Math.max(0, Math.min(limit, page)),
  )
  return rows.map((row) => toDocument(streamId, row))
}

function findAppend(handle: Handle, streamId: string, stream: Stream, eventId: string): FoundAppend | undefined {
  const { database } = handle.log
  const sql = 'SELECT version, pos, remaining FROM events WHERE event_id = ? AND stream = ?'
  const found = database.get<[number, number, number]>(sql, toText(eventId), stream.id)
  if (found === undefined) return undefined
  const [at, pos, remaining] = found
  const [last, version] = [pos + remaining, at + remaining]
  // The rows before it that belong to the same append end where another append's do.
  const before = `
    SELECT coalesce(max(version), 0) FROM events
    WHERE stream = ?1 AND version < ?2 AND version >= ?2 - ?3 AND pos + remaining <> ?4`
  const previous = database.get<[number]>(before, stream.id, at, handle.limits.eventsPerAppend, last)?.[0] ?? 0
  return {
    version,
    position: positionAt(handle, { streamId, version, hash: hashOf(streamId), lsn: last % SLOT_SIZE }),
    events: select(database, streamId, stream, { from: previous + 1, to: version }, Number.MAX_SAFE_INTEGER),
  }
}

function locate(database: Database, { streamId, version }: PositionMark): Located {
  const hash = hashOf(streamId)
  const stream = find(database, streamId)
  if (stream === undefined || version < 1 || version > stream.head) throw new InvalidPosition()
  const sql = 'SELECT pos, type FROM events WHERE stream = ? AND version = ?'
  const row = database.get<[number, string]>(sql, stream.id, version)
  if (row === undefined || row[1] === HUSK) return { streamId, hash, at: 'erased' }
  return { streamId, hash, at: { lsn: row[0] % SLOT_SIZE, hash, version } }
}
