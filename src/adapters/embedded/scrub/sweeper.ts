import { statSync } from 'node:fs'
import { Database } from '../sqlite/database.ts'
import { Code, isSqliteError, primaryCode } from '../sqlite/errors.ts'
import { walOf } from '../sqlite/file-identity.ts'
import { DirtyPages } from './dirty-pages.ts'
import { PageFile, type PageKind, UNKNOWN } from './page-file.ts'
import { readWal } from './wal-pages.ts'

/**
 * How a step of a sweep ended: at the page to continue with, at the end, or not at all because other connections were
 * busy.
 */
export type Step = number | 'done' | 'busy'

/** What a sweeper requires of the file's keeper. */
export type SweeperOptions = {
  /** Writes the write-ahead log back and truncates it; returns whether it could. */
  readonly emptyWal: () => boolean
  /** @throws StorageMoved if the files at the path are not those that the writer has open */
  readonly assertInPlace: () => void
}

// Pages that are checked in a step. Other writers wait for it.
const STEP = 2048

// Milliseconds that a step waits for other writers.
const PATIENCE = 100

/**
 * Overwrites what SQLite leaves in the unused parts of pages. With `secure_delete` SQLite overwrites deleted rows; but
 * a row that was moved to a neighbouring page earlier, to make room or to fill one, has left its bytes on its previous
 * page. Only a rewrite of the whole file would remove them, so this does it in place.
 *
 * Why this is safe: it happens inside a write transaction, while the write-ahead log is empty. Then no connection
 * writes to the file and no page in it is about to be replaced; readers do not read unused parts. The transaction ends
 * with a commit, after which every connection drops its cached pages, so that none is written back in its old state.
 */
export class Sweeper {
  readonly #database: Database
  readonly #options: SweeperOptions
  readonly #dirty = new DirtyPages()
  #walId: string | undefined

  /** @param database the writer's own connection */
  constructor(database: Database, options: SweeperOptions) {
    this.#database = database
    this.#options = options
  }

  /**
   * Sweeps some of the pages that were written since they were last swept.
   *
   * @param file a descriptor of the database file
   * @param from the page to start with
   * @throws what SQLite and the file system throw
   */
  step(file: number, from: number): Step {
    const version = this.#database.dataVersion()
    this.#noteWritten()
    if (!this.#options.emptyWal()) return 'busy'
    const lock = new Database(this.#database.path, PATIENCE, { mustExist: true })
    try {
      lock.configure()
      lock.connection.exec('BEGIN IMMEDIATE')
      this.#options.assertInPlace()
      if (statSync(walOf(lock.path)).size > 0) return 'busy'
      // Another connection wrote, and emptied the log, before this could see what.
      if (this.#database.dataVersion() !== version) this.#dirty.addAll()
      const next = this.#sweep(file, from, lock)
      lock.statement(COUNT).run()
      lock.connection.exec('COMMIT')
      this.#walId = readWal(walOf(lock.path))?.id
      return next
    } catch (error) {
      if (isSqliteError(error) && primaryCode(error) === Code.busy) return 'busy'
      throw error
    } finally {
      lock.close()
    }
  }

  #noteWritten(): void {
    const life = readWal(walOf(this.#database.path))
    if (life !== undefined && life.id === this.#walId) life.pages((pageNumber) => this.#dirty.add(pageNumber))
    else this.#dirty.addAll()
  }

  #sweep(file: number, from: number, lock: Database): Step {
    const pages = new PageFile(file)
    this.#dirty.fit(pages.pageCount)
    const roots = lock.all<[number]>('SELECT rootpage FROM sqlite_schema WHERE rootpage > 1').flat()
    const kinds = pages.kinds(roots)
    let [at, count] = [this.#dirty.next(from), 0]
    for (; at !== undefined && at <= pages.pageCount && count < STEP; at = this.#dirty.next(at + 1), count++) {
      const kind = kinds[at] as PageKind
      if (kind !== UNKNOWN) pages.clean(at, kind)
      this.#dirty.remove(at)
    }
    pages.sync()
    return at === undefined || at > pages.pageCount ? 'done' : at
  }
}

// Any change is enough.
const COUNT = `
  INSERT INTO storage VALUES ('sweeps', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`
