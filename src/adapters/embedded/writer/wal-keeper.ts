import { statSync } from 'node:fs'
import type { Database } from '../sqlite/database.ts'

const LIMIT = 64 * 1024 * 1024
const STEP = 16 * 1024 * 1024
const PATIENCE = 100

/**
 * Keeps the write-ahead log from growing without bound. SQLite's own checkpoints never wait, so readers that take
 * turns keep it from starting over: past 64 MB this one waits for them, briefly, and again for each further 16 MB.
 */
export class WalKeeper {
  readonly #database: Database
  readonly #busyTimeout: number
  #next = LIMIT

  constructor(database: Database) {
    this.#database = database
    this.#busyTimeout = database.get<[number]>('PRAGMA busy_timeout')?.[0] ?? 0
  }

  /** To be called after each batch. */
  tend(): void {
    const size = statSync(`${this.#database.path}-wal`, { throwIfNoEntry: false })?.size ?? 0
    if (size < this.#next) {
      if (size < LIMIT) this.#next = LIMIT
      return
    }
    this.#next = size + STEP
    this.#database.connection.exec(`PRAGMA busy_timeout = ${PATIENCE}`)
    try {
      this.#database.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // Whatever is wrong will be met, and told, by a write.
    } finally {
      this.#database.connection.exec(`PRAGMA busy_timeout = ${this.#busyTimeout}`)
    }
  }
}
