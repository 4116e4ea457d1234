import type { Database } from '../sqlite/database.ts'

const LIMIT = 64 * 1024 * 1024
const STEP = 16 * 1024 * 1024
const PATIENCE = 100

/**
 * Limits the size of the write-ahead log. SQLite's own checkpoints never wait, so overlapping readers keep it from
 * restarting: beyond 64 MB this one waits for them, briefly, and again for each further 16 MB.
 */
export class WalKeeper {
  readonly #database: Database
  readonly #busyTimeout: number
  #next = LIMIT

  constructor(database: Database, busyTimeout: number) {
    this.#database = database
    this.#busyTimeout = busyTimeout
  }

  /** Call it after each batch. @param bytes the size of the write-ahead log */
  tend(bytes: number): void {
    if (bytes < this.#next) {
      if (bytes < LIMIT) this.#next = LIMIT
      return
    }
    this.#next = bytes + STEP
    try {
      this.empty()
    } catch {
      // A write will encounter, and report, any failure.
    }
  }

  /**
   * Writes the log into the database file and truncates it, after waiting briefly for readers.
   *
   * @returns whether it could
   * @throws what SQLite throws
   */
  empty(): boolean {
    this.#database.connection.exec(`PRAGMA busy_timeout = ${PATIENCE}`)
    try {
      const row = this.#database.get<[busy: number]>('PRAGMA wal_checkpoint(TRUNCATE)')
      return row?.[0] === 0
    } finally {
      this.#database.connection.exec(`PRAGMA busy_timeout = ${this.#busyTimeout}`)
    }
  }
}
