import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { toStorageError } from './errors.ts'
import { nodeSqlite } from './node-sqlite.ts'

/** Reads a number that changes when another connection has committed. */
export const DATA_VERSION = 'PRAGMA data_version'

// Queries have as many texts as there are combinations of conditions.
const MAX_STATEMENTS = 200

/** A row as an array, in the order of the selected columns. */
export type Row = readonly unknown[]

/**
 * A connection to a file, with every pragma that the storage's guarantees rely on, and its prepared statements. Rows
 * are arrays, which take a quarter less time to create than objects.
 */
export class Database {
  readonly path: string
  readonly connection: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  /**
   * @param busyTimeout milliseconds that a call waits for another connection's lock
   * @param options.mustExist whether to fail if there is no such file, instead of creating it
   * @throws what SQLite throws: see `toStorageError`
   */
  constructor(path: string, busyTimeout: number, { mustExist = false }: { readonly mustExist?: boolean } = {}) {
    this.path = path
    const place = mustExist ? `${pathToFileURL(path).href}?mode=rw` : path
    const { DatabaseSync } = nodeSqlite()
    this.connection = new DatabaseSync(place, { timeout: busyTimeout })
  }

  /** Settings of this connection; WAL is a property of the file, set when it is opened. */
  configure(): void {
    this.connection.exec('PRAGMA synchronous = FULL')
    this.connection.exec('PRAGMA wal_autocheckpoint = 4000')
    // What is left of a larger log once it is written back, well below the 64 MB at which one no longer counts as large.
    this.connection.exec('PRAGMA journal_size_limit = 33554432')
    this.connection.exec('PRAGMA cache_size = -65536')
    // Deleted data is overwritten, also on pages that become free.
    this.connection.exec('PRAGMA secure_delete = ON')
    if (process.platform === 'darwin') {
      // On macOS fsync returns before the disk has written.
      this.connection.exec('PRAGMA fullfsync = 1')
      this.connection.exec('PRAGMA checkpoint_fullfsync = 1')
    }
  }

  /** The prepared statement of a text; it is cached, so there must be few texts. */
  statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      if (this.#statements.size >= MAX_STATEMENTS) this.#statements.clear()
      statement = this.connection.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  all<T extends Row>(sql: string, ...parameters: SQLInputValue[]): T[] {
    return this.statement(sql).all(...parameters) as unknown as T[]
  }

  get<T extends Row>(sql: string, ...parameters: SQLInputValue[]): T | undefined {
    return this.statement(sql).get(...parameters) as unknown as T | undefined
  }

  /** Reads at one moment, synchronously, so that no read transaction outlives the call. @throws StorageUnavailable … */
  read<T>(work: () => T): T {
    try {
      this.statement('BEGIN').run()
      try {
        return work()
      } finally {
        if (this.connection.isTransaction) this.statement('COMMIT').run()
      }
    } catch (error) {
      throw toStorageError(error, this.path)
    }
  }

  /** The same for a single statement, which needs no transaction. */
  readOne<T extends Row>(sql: string, ...parameters: SQLInputValue[]): T | undefined {
    try {
      return this.get<T>(sql, ...parameters)
    } catch (error) {
      throw toStorageError(error, this.path)
    }
  }

  /** A number that changes when another connection has committed. */
  dataVersion(): number {
    return this.get<[number]>(DATA_VERSION)?.[0] ?? 0
  }

  close(): void {
    this.#statements.clear()
    if (this.connection.isOpen) this.connection.close()
  }
}
