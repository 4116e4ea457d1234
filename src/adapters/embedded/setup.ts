import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { ForeignStorage, StorageCorrupt, StorageUnavailable } from '../../core/errors/storage.ts'
import type { HashInterval } from '../../core/positions/hash-interval.ts'
import { isOlderLog } from '../../core/positions/log-identity.ts'
import { feedRanges } from '../../core/positions/stream-slot.ts'
import { assertLogHolds } from './identity/compare.ts'
import { DEFAULT_RANGES, eventsFormat } from './schema/events.ts'
import { type FileFormat, migrate } from './schema/migrate.ts'
import { viewsFormat } from './schema/views.ts'
import { Database } from './sqlite/database.ts'
import { Code, isSqliteError, primaryCode, toStorageError } from './sqlite/errors.ts'
import { toFileError } from './sqlite/file-errors.ts'
import { assertNoneLost, claim, type FileIdentity, identityOf, release } from './sqlite/file-identity.ts'
import { assertLocal, assertWritable } from './sqlite/file-system.ts'
import { assertNoLink, keepToOwner, makeFolder } from './sqlite/folder.ts'

/** A connection, and the files that it has open. */
export type OpenedFile = { readonly database: Database; readonly identity: FileIdentity }

/** The opened files of a folder, and its fixed properties. */
export type OpenFolder = {
  readonly log: OpenedFile
  readonly documents: OpenedFile
  readonly incarnation: string
  /** The feed ranges with which the folder was created, by slot. */
  readonly ranges: readonly HashInterval[]
}

/** The options for opening a folder. */
export type FolderOptions = {
  /** Feed ranges of a new folder, which an existing one must have; undefined: 4 for a new one, and what it has for an existing one. */
  readonly ranges: number | undefined
  readonly busyTimeout: number
  /** Whether a log that is older than the data derived from it gets a new incarnation. */
  readonly acceptDivergedLog: boolean
}

/**
 * Opens a folder's files, creating and migrating them if necessary; several processes may do so at once. New folders
 * and files are accessible to their owner only; existing ones keep their mode.
 */
export async function openFolder(
  folder: string,
  { ranges, busyTimeout, acceptDivergedLog }: FolderOptions,
): Promise<OpenFolder> {
  try {
    await makeFolder(folder)
    assertLocal(folder)
    assertWritable(folder)
  } catch (error) {
    throw toFileError(error, folder)
  }
  const documentsPath = join(folder, viewsFormat.name)
  const log = await openFile(join(folder, eventsFormat.name), eventsFormat, busyTimeout, (database) => {
    if ((statSync(documentsPath, { throwIfNoEntry: false })?.size ?? 0) > 0) {
      throw new StorageCorrupt(`${database.path} is missing or empty, but data derived from it exists`)
    }
    const insert = database.statement('INSERT INTO storage VALUES (?, ?)')
    insert.run('incarnation', randomUUID())
    insert.run('ranges', ranges ?? DEFAULT_RANGES)
  })
  try {
    const stored = Number(setting(log.database, 'ranges'))
    if (ranges !== undefined && ranges !== stored) {
      throw new InvalidConfiguration('ranges', `${folder} was created with ${stored} feed ranges, not ${ranges}`)
    }
    const documents = await openFile(documentsPath, viewsFormat, busyTimeout)
    const found = { incarnation: String(setting(log.database, 'incarnation')), ranges: feedRanges(stored) }
    try {
      assertLogHolds({ log: log.database, documents: documents.database, ...found })
      return { log, documents, ...found }
    } catch (error) {
      if (acceptDivergedLog && isOlderLog(error)) {
        return { log, documents, ...found, incarnation: beginIncarnation(log.database, found.incarnation, busyTimeout) }
      }
      closeOpened(documents)
      throw error
    }
  } catch (error) {
    closeOpened(log)
    throw error
  }
}

// A process that has the storage open with the previous incarnation learns it the next time that it derives something.
function beginIncarnation({ path }: Database, before: string, busyTimeout: number): string {
  const incarnation = randomUUID()
  const database = new Database(path, busyTimeout, { mustExist: true })
  try {
    database.configure()
    const sql = `UPDATE storage SET value = ? WHERE name = 'incarnation' AND value = ?`
    const { changes } = database.statement(sql).run(incarnation, before)
    return changes === 1 ? incarnation : String(setting(database, 'incarnation'))
  } catch (error) {
    throw toStorageError(error, path)
  } finally {
    database.close()
  }
}

/** Closes a file that is not used in any other way. */
export function closeOpened({ database, identity }: OpenedFile): void {
  if (release(identity)) database.close()
}

async function openFile(
  path: string,
  format: FileFormat,
  busyTimeout: number,
  created?: (database: Database) => void,
): Promise<OpenedFile> {
  let opened: Database | undefined
  try {
    assertNoLink(path)
    assertNoneLost(path)
    const isNew = !existsSync(path)
    if (!isNew) assertWritable(path)
    const database = new Database(path, busyTimeout)
    opened = database
    if (isNew) keepToOwner(path)
    database.configure()
    migrate(database, format, created && (() => created(database)))
    await useWal(database, busyTimeout)
    database.connection.exec('PRAGMA query_only = ON')
    // Reading opens the write-ahead log, which is part of the identity.
    database.get('SELECT 1 FROM storage LIMIT 1')
    const identity = identityOf(path)
    claim(identity)
    return { database, identity }
  } catch (error) {
    opened?.close()
    if (isSqliteError(error) && primaryCode(error) === Code.notADatabase && !bearsMark(path, format)) {
      throw new ForeignStorage(`${path} is not a Tidemark database`, { cause: error })
    }
    throw toStorageError(toFileError(error, path), path)
  }
}

// SQLite does not wait for other connections when it changes the journal's mode, so two processes that create a folder
// at once conflict here.
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

// Only called when SQLite has refused the file: closing it would drop the locks of this process's other connections.
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
  if (row === undefined) throw new StorageCorrupt(`${database.path} does not contain its ${name}`)
  return row[0]
}
