import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventsFormat, SLOT_SIZE } from '../../src/adapters/embedded/schema/events.ts'
import { migrate } from '../../src/adapters/embedded/schema/migrate.ts'
import { Database } from '../../src/adapters/embedded/sqlite/database.ts'
import { uuidV7 } from '../../src/core/append/uuid.ts'
import { durabilityOf } from './durability.ts'

/** What somebody writes who needs a log and takes `node:sqlite` alone: the peer of the embedded adapter. */
export type RawLog = Disposable & {
  /** What it is and how durable its commits are, as its connection says. */
  readonly peer: string
  /** Runs appends in one transaction, which is flushed when this returns. */
  commit(appends: () => void): void
  /** Appends inside a transaction. @throws Error when the stream is at another version */
  append(stream: string, events: readonly { readonly type: string; readonly data: object }[], expected: number): void
  /** All events of a stream, with data and metadata parsed. */
  readStream(stream: string): RawEvent[]
  /** The page of the log that follows a position, with data and metadata parsed. */
  readPage(after: number, limit: number): RawEvent[]
}

/** An event of the log as the raw side makes it of a row. */
export type RawEvent = {
  readonly stream: string
  readonly pos: number
  readonly version: number
  readonly type: string
  readonly recordedAt: number
  readonly eventId: string
  readonly data: unknown
  readonly metadata: unknown
}

/**
 * Opens a log file by hand: the adapter's own schema and pragmas (taken from its modules, so that they cannot drift
 * apart), on the calling thread, with prepared statements
 * and, for reading, rows as arrays, which `node:sqlite` makes fastest. It does what an append must do to be worth its name, also
 * beside other processes: it looks up the stream and its head, checks the version, takes the next position, writes the
 * same rows under the same indexes, and flushes with each commit. It does without schemas, repeats, limits, deleted
 * streams and positions for `waitFor`.
 */
export function openRawLog(folder: string): RawLog {
  mkdirSync(folder, { recursive: true })
  const database = new Database(join(folder, eventsFormat.name), 5_000)
  const { connection } = database
  connection.exec('PRAGMA journal_mode = WAL')
  database.configure()
  migrate(database, eventsFormat)

  const begin = connection.prepare('BEGIN IMMEDIATE')
  const commit = connection.prepare('COMMIT')
  const last = connection.prepare('SELECT max(pos) AS pos, latest FROM events')
  const head = connection.prepare(
    `SELECT id, (SELECT max(version) FROM events WHERE stream = id) AS version FROM streams WHERE name = ?`,
  )
  const addStream = connection.prepare('INSERT INTO streams (name, slot, deleted) VALUES (?, 0, 0)')
  const addEvent = connection.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const columns = 'name, pos, version, type, recorded_at, event_id, data, metadata'
  const selectStream = connection.prepare(
    `SELECT ${columns} FROM streams JOIN events ON events.stream = streams.id WHERE name = ? ORDER BY version`,
  )
  const selectPage = connection.prepare(
    `SELECT ${columns} FROM events JOIN streams ON streams.id = events.stream
     WHERE pos > ? AND pos < ${SLOT_SIZE} ORDER BY pos LIMIT ?`,
  )
  for (const statement of [selectStream, selectPage]) statement.setReturnArrays(true)
  let pos = 0
  let latest = 0
  const [journalMode = ''] = database.get<[string]>('PRAGMA journal_mode') ?? []
  const [synchronous = 0] = database.get<[number]>('PRAGMA synchronous') ?? []

  return {
    peer: `node:sqlite by hand, ${durabilityOf({ journalMode, synchronous })}`,

    commit(appends) {
      begin.run()
      const row = last.get() as { pos: number | null; latest: number | null }
      pos = row.pos ?? 0
      latest = Math.max(Date.now(), row.latest ?? 0)
      appends()
      commit.run()
    },

    append(name, events, expected) {
      const stream = head.get(name) as { id: number; version: number } | undefined
      let version = stream?.version ?? 0
      if (version !== expected) throw new Error(`${name} is at ${version}, not at ${expected}`)
      const id = stream?.id ?? addStream.run(name).lastInsertRowid
      let remaining = events.length
      for (const { type, data } of events) {
        addEvent.run(++pos, --remaining, id, ++version, type, latest, latest, uuidV7(), JSON.stringify(data), '{}')
      }
    },

    readStream: (name) => parse(selectStream.all(name)),
    readPage: (after, limit) => parse(selectPage.all(after, limit)),
    [Symbol.dispose]: () => database.close(),
  }
}

function parse(rows: readonly unknown[]): RawEvent[] {
  return (rows as [string, number, number, string, number, string, string, string][]).map(
    ([stream, pos, version, type, recordedAt, eventId, data, metadata]) => ({
      stream,
      pos,
      version,
      type,
      recordedAt,
      eventId,
      data: JSON.parse(data),
      metadata: JSON.parse(metadata),
    }),
  )
}
