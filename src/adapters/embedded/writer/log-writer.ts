import type { SQLInputValue } from 'node:sqlite'
import { type AppendVerdict, judgeAppend } from '../../../core/append/append-rules.ts'
import { type ExpectedVersion, isExpected } from '../../../core/append/expected-version.ts'
import { isSameJson } from '../../../core/json/same-json.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import { storedMetadata } from '../documents.ts'
import { SLOT_SIZE } from '../schema/events.ts'
import type { Database } from '../sqlite/database.ts'
import type { BatchWriter } from './group-commit.ts'
import { Heads, type Stream } from './heads.ts'
import { type LogAnswer, type LogItem, NOT_SCRUBBED } from './messages.ts'

const ROW = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
const insertSql = (rows: number): string =>
  `INSERT INTO events VALUES ${Array(rows).fill(ROW).join(', ')} ON CONFLICT DO NOTHING`

// Events of one append in a statement: ten at once cost a fifth less than one by one, twenty no less than ten.
const MANY = 10

/** Writes the log: appends, tombstones, erasures. */
export class LogWriter implements BatchWriter<LogItem, LogAnswer> {
  readonly #database: Database
  readonly #heads: Heads
  readonly #insertOne
  readonly #insertMany

  constructor(database: Database) {
    this.#database = database
    this.#heads = new Heads(database)
    this.#insertOne = database.statement(insertSql(1))
    this.#insertMany = database.statement(insertSql(MANY))
  }

  begin(): void {
    this.#heads.refresh()
  }

  finish(): void {}

  forget(): void {
    this.#heads.forget()
  }

  write(item: LogItem): LogAnswer {
    switch (item[0]) {
      case 'append':
        return this.#append(item[1], item[2], item[3], item[4], item[5])
      case 'tombstone':
        return this.#tombstone(item[1], item[3], item[4], item[5])
      case 'erase':
        return this.#erase(item[1], item[2])
      case 'scrub':
        return NOT_SCRUBBED
    }
  }

  #append(name: string, slot: number, expected: ExpectedVersion, now: number, events: readonly string[]): LogAnswer {
    const known = this.#heads.stream(name)
    if (known?.deleted) return ['deleted']
    if (isExpected(expected, known?.head ?? 0)) {
      const stream = known ?? this.#heads.create(name, slot)
      if (this.#insertAll(stream, now, events)) return ['appended', stream.head, this.#heads.last(stream.slot).lsn]
    }
    return this.#judge(known, expected, events)
  }

  // Whether an id is known is left to its unique index, because a look-up for each event would cost a fifth of the
  // speed.
  #insertAll(stream: Stream, now: number, events: readonly string[]): boolean {
    const count = events.length / 4
    const last = this.#heads.last(stream.slot)
    const recordedAt = Math.max(stream.recordedAt, now)
    const latest = Math.max(last.latest, recordedAt)
    const first = stream.slot * SLOT_SIZE + last.lsn + 1
    for (let i = 0; i < count; ) {
      const rows = count - i < MANY ? 1 : MANY
      const values: SQLInputValue[] = []
      for (const end = i + rows; i < end; i++) {
        const eventId = events[i * 4] as string
        const type = events[i * 4 + 1] as string
        const data = events[i * 4 + 2] as string
        const metadata = storedMetadata(events[i * 4 + 3] as string, eventId)
        const version = stream.head + 1 + i
        values.push(first + i, count - 1 - i, stream.id, version, type, recordedAt, latest, eventId, data, metadata)
      }
      const { changes } = (rows === 1 ? this.#insertOne : this.#insertMany).run(...values)
      if (changes !== rows) {
        this.#database.statement('DELETE FROM events WHERE pos >= ? AND pos < ?').run(first, first + count)
        return false
      }
    }
    stream.head += count
    stream.recordedAt = recordedAt
    last.lsn += count
    last.latest = latest
    return true
  }

  #judge(stream: Stream | undefined, expected: ExpectedVersion, events: readonly string[]): LogAnswer {
    const head = stream?.head ?? 0
    const ids = events.filter((_, i) => i % 4 === 0)
    const verdict = judgeAppend(expected, head, ids, (id) => stream && this.#versionOf(stream, id))
    if (verdict.kind === 'conflict') return ['conflict', head]
    if (verdict.kind === 'append' || stream === undefined)
      throw new Error('The database did not accept an append that fits')
    return this.#duplicate(stream, verdict, events)
  }

  #versionOf(stream: Stream, eventId: string): number | undefined {
    const sql = 'SELECT version FROM events WHERE event_id = ? AND stream = ?'
    return this.#database.get<[number]>(sql, eventId, stream.id)?.[0]
  }

  #duplicate(stream: Stream, verdict: AppendVerdict & { kind: 'duplicate' }, events: readonly string[]): LogAnswer {
    const sql = 'SELECT type, data, pos FROM events WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version'
    const rows = this.#database.all<[string, string, number]>(sql, stream.id, verdict.first, verdict.last)
    for (const [i, [type, data]] of rows.entries()) {
      if (type !== events[i * 4 + 1] || !sameText(data, events[i * 4 + 2] as string)) {
        return ['reused', events[i * 4] as string]
      }
    }
    const pos = rows.at(-1)?.[2] as number
    return ['duplicate', verdict.last, pos % SLOT_SIZE]
  }

  #tombstone(name: string, expected: ExpectedVersion, now: number, marker: readonly string[]): LogAnswer {
    const stream = this.#heads.stream(name)
    if (stream === undefined) return ['absent']
    const eventId = marker[0] as string
    if (stream.deleted) {
      const sql = 'SELECT pos FROM events WHERE stream = ? AND version = ? AND event_id = ?'
      const row = this.#database.get<[number]>(sql, stream.id, stream.head, eventId)
      return row ? ['duplicate', stream.head, row[0] % SLOT_SIZE] : ['deleted']
    }
    if (!isExpected(expected, stream.head)) return ['conflict', stream.head]
    if (!this.#insertAll(stream, now, marker)) return ['reused', eventId]
    this.#database.statement('UPDATE streams SET deleted = 1 WHERE id = ?').run(stream.id)
    stream.deleted = true
    return ['appended', stream.head, this.#heads.last(stream.slot).lsn]
  }

  #erase(name: string, limit: number): LogAnswer {
    const stream = this.#heads.stream(name)
    if (!stream?.deleted) return ['absent']
    const sql = `
      SELECT min(version) FROM (SELECT version FROM events WHERE stream = ? AND version < ? ORDER BY version DESC LIMIT ?)`
    const lowest = this.#database.get<[number | null]>(sql, stream.id, stream.head, limit)?.[0] ?? 1
    this.#database
      .statement('DELETE FROM events WHERE stream = ? AND version BETWEEN max(?, 2) AND ?')
      .run(stream.id, lowest, stream.head - 1)
    if (lowest > 1) return ['erased', false]
    this.#database
      .statement(
        `UPDATE events SET type = ?1, event_id = ?1, data = '{}', metadata = '{}' WHERE stream = ?2 AND version = 1`,
      )
      .run(HUSK, stream.id)
    return ['erased', true]
  }
}

const sameText = (stored: string, own: string): boolean =>
  stored === own || isSameJson(JSON.parse(stored), JSON.parse(own))
