import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { ForeignStorage, StorageCorrupt, StorageUnavailable } from '../../core/errors/storage.ts'
import { eventsFormat } from './schema/events.ts'
import { type FileFormat, migrate } from './schema/migrate.ts'
import { viewsFormat } from './schema/views.ts'
import { Database } from './sqlite/database.ts'
import { Code, isSqliteError, primaryCode, toStorageError } from './sqlite/errors.ts'
import { toFileError } from './sqlite/file-errors.ts'
import { assertLocal, assertWritable } from './sqlite/file-system.ts'

/** The opened files of a folder, and what is fixed about it. */
export type OpenFolder = {
  readonly log: Database
  readonly documents: Database
  readonly incarnation: string
  readonly ranges: number
}

/**
 * Opens a folder's files, making and migrating what has to be; several processes may do so at once.
 *
 * @param ranges how many feed ranges a new folder gets, and an old one must have; undefined: 1, or what it has
 */
export async function openFolder(folder: string, ranges: number | undefined, busyTimeout: number): Promise<OpenFolder> {
  makeFolder(folder)
  assertLocal(folder)
  assertWritable(folder)
  const documentsPath = join(folder, viewsFormat.name)
  const log = await openFile(join(folder, eventsFormat.name), eventsFormat, busyTimeout, (database) => {
    if ((statSync(documentsPath, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      throw new StorageCorrupt(`${database.path} is missing or empty, but what was derived from it is there`)
    }
    const insert = database.statement('INSERT INTO storage VALUES (?, ?)')
    insert.run('incarnation', randomUUID())
    insert.run('ranges', ranges ?? 1)
  })
  try {
    const stored = Number(setting(log, 'ranges'))
    if (ranges !== undefined && ranges !== stored) {
      throw new InvalidConfiguration('ranges', `${folder} was created with ${stored}, not ${ranges}, feed ranges`)
    }
    const documents = await openFile(documentsPath, viewsFormat, busyTimeout)
    return { log, documents, incarnation: String(setting(log, 'incarnation')), ranges: stored }
  } catch (error) {
    log.close()
    throw error
  }
}

async function openFile(
  path: string,
  format: FileFormat,
  busyTimeout: number,
  created?: (database: Database) => void,
): Promise<Database> {
  if (existsSync(path)) assertWritable(path)
  let database: Database | undefined
  try {
    database = new Database(path, busyTimeout)
    const opened = database
    migrate(opened, format, created && (() => created(opened)))
    await useWal(opened, busyTimeout)
    opened.configure()
    opened.connection.exec('PRAGMA query_only = ON')
    return opened
  } catch (error) {
    database?.close()
    if (isSqliteError(error) && primaryCode(error) === Code.notADatabase && !bearsMark(path, format)) {
      throw new ForeignStorage(`${path} is no database of Tidemark's`, { cause: error })
    }
    throw toStorageError(error, path)
  }
}

// SQLite does not wait for others when it changes the journal's mode, so two who create a folder at once meet here.
async function useWal(database: Database, busyTimeout: number): Promise<void> {
  const deadline = performance.now() + busyTimeout
  for (;;) {
    try {
      if (database.get<[string]>('PRAGMA journal_mode = WAL')?.[0] === 'wal') return
      throw new StorageUnavailable(`${database.path} cannot use a write-ahead log here`)
    } catch (error) {
      const isBusy = isSqliteError(error) && primaryCode(error) === Code.busy
      if (!isBusy || performance.now() > deadline) throw error
      await sleep(5)
    }
  }
}

// Only asked when SQLite has refused the file: closing it would drop the locks of this process's other connections.
function bearsMark(path: string, { applicationId }: FileFormat): boolean {
  const header = Buffer.alloc(100)
  const file = openSync(path, 'r')
  try {
    return readSync(file, header, 0, 100, 0) === 100 && header.readUInt32BE(68) === applicationId
  } finally {
    closeSync(file)
  }
}

function setting(database: Database, name: string): unknown {
  const row = database.readOne<[unknown]>('SELECT value FROM storage WHERE name = ?', name)
  if (row === undefined) throw new StorageCorrupt(`${database.path} does not say its ${name}`)
  return row[0]
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw toFileError(error, folder)
  }
}
