import { SLOT_SIZE } from '../schema/events.ts'
import type { Database } from '../sqlite/database.ts'

/** The end of a stream. */
export type Stream = {
  readonly id: number
  readonly slot: number
  head: number
  recordedAt: number
  deleted: boolean
}

/** The end of a slot. */
export type SlotEnd = {
  lsn: number
  /** The latest recording time in the slot. */
  latest: number
}

const MAX_STREAMS = 50_000

/** The ends of streams and slots, cached until another connection writes. Use it inside a transaction. */
export class Heads {
  readonly #database: Database
  readonly #streams = new Map<string, Stream>()
  readonly #slots = new Map<number, SlotEnd>()
  #dataVersion = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Forgets everything if another connection has committed since the last call. */
  refresh(): void {
    const version = this.#database.dataVersion()
    if (version !== this.#dataVersion) this.forget()
    this.#dataVersion = version
  }

  forget(): void {
    this.#streams.clear()
    this.#slots.clear()
  }

  /** The stream, or undefined if it does not exist. */
  stream(name: string): Stream | undefined {
    const known = this.#streams.get(name)
    if (known !== undefined) return known
    const sql = `
      SELECT streams.id, slot, deleted, version, recorded_at FROM streams JOIN events ON events.stream = streams.id
      WHERE name = ? ORDER BY version DESC LIMIT 1`
    const row = this.#database.get<[number, number, number, number, number]>(sql, name)
    if (row === undefined) return undefined
    const [id, slot, deleted, head, recordedAt] = row
    return this.#remember(name, { id, slot, head, recordedAt, deleted: deleted === 1 })
  }

  /** Creates a stream, which exists as soon as its first event does. */
  create(name: string, slot: number): Stream {
    const sql = 'INSERT INTO streams (name, slot, deleted) VALUES (?, ?, 0)'
    const { lastInsertRowid } = this.#database.statement(sql).run(name, slot)
    const id = Number(lastInsertRowid)
    return this.#remember(name, { id, slot, head: 0, recordedAt: Number.NEGATIVE_INFINITY, deleted: false })
  }

  last(slot: number): SlotEnd {
    let end = this.#slots.get(slot)
    if (end === undefined) {
      const sql = 'SELECT pos, latest FROM events WHERE pos >= ? AND pos < ? ORDER BY pos DESC LIMIT 1'
      const row = this.#database.get<[number, number]>(sql, slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE)
      end = row ? { lsn: row[0] % SLOT_SIZE, latest: row[1] } : { lsn: 0, latest: Number.NEGATIVE_INFINITY }
      this.#slots.set(slot, end)
    }
    return end
  }

  #remember(name: string, stream: Stream): Stream {
    if (this.#streams.size >= MAX_STREAMS) this.#streams.clear()
    this.#streams.set(name, stream)
    return stream
  }
}
