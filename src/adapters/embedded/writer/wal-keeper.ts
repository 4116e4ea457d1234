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

  constructor(database: Database, busyTimeout: number) {
    this.#database = database
    this.#busyTimeout = busyTimeout
  }

  /** To be called after each batch. @param bytes how long the write-ahead log is */
  tend(bytes: number): void {
    if (bytes < this.#next) {
      if (bytes < LIMIT) this.#next = LIMIT
      return
    }
    this.#next = bytes + STEP
    try {
      this.empty()
    } catch {
      // Whatever is wrong will be met, and told, by a write.
    }
  }

  /**
   * Writes the log into the database file and cuts it to nothing, after waiting briefly for those who read.
   *
   * @returns whether nobody kept it from that
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
