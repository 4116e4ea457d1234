import { statSync } from 'node:fs'
import { Database } from '../sqlite/database.ts'
import { Code, isSqliteError, primaryCode } from '../sqlite/errors.ts'
import { walOf } from '../sqlite/file-identity.ts'
import { DirtyPages } from './dirty-pages.ts'
import { PageFile, type PageKind, UNKNOWN } from './page-file.ts'
import { readWal } from './wal-pages.ts'

/** How a step of a sweep ended: at the page to go on with, at the end, or not at all because others were at work. */
export type Step = number | 'done' | 'busy'

/** What a sweeper asks of those who take care of the file. */
export type SweeperOptions = {
  /** Writes the write-ahead log back and cuts it to nothing; answers whether it could. */
  readonly emptyWal: () => boolean
  /** @throws StorageMoved when what stands at the path is not what the writer has open */
  readonly assertInPlace: () => void
}

// Pages that are looked at in a step. Others wait for it.
const STEP = 2048

// Milliseconds that a step waits for others who write.
const PATIENCE = 100

/**
 * Overwrites what SQLite leaves behind in the unused parts of pages. With `secure_delete` it overwrites the rows that are
 * deleted; but a row that was moved to a neighbour page before, to make room or to fill one, has left its bytes on the
 * page where it was. Nothing but a rewrite of the whole file would do away with them, so this does, in the file itself.
 *
 * What makes that safe: it happens inside a write transaction, while the write-ahead log is empty. Then nobody writes
 * to the file and no page in it is about to be replaced; readers look at no unused part. The transaction ends with a
 * commit, after which every connection forgets the pages that it remembers, so that none is written back as it was.
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
   * Sweeps some of the pages that were written since they were swept last.
   *
   * @param file a descriptor of the database file
   * @param from the page to begin with
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
      // Somebody wrote, and emptied the log, before this could see what.
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

// Any change will do.
const COUNT = `
  INSERT INTO storage VALUES ('sweeps', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1`
