import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { StorageMoved } from '../../../core/errors/storage.ts'
import { VAULT_KEYS } from '../../../core/port/view-store.ts'
import { eventsFormat } from '../schema/events.ts'
import { viewsFormat } from '../schema/views.ts'
import { Database } from '../sqlite/database.ts'
import { type FileIdentity, fullPlacementOf } from '../sqlite/file-identity.ts'
import { syncPath } from '../sqlite/sync.ts'
import { toFailure } from '../writer/failure.ts'
import type { Failure } from '../writer/messages.ts'
import { moveDerived } from './move-derived.ts'

// The thread that copies a folder. Views are copied first: events that are appended in the meantime are in the copied
// log and not in the copied views, never the other way round, so nothing derived is ahead of the log.

/** The data that the thread is started with. */
export type BackupData = {
  /** The files that the storage was opened on. */
  readonly files: { readonly log: FileIdentity; readonly documents: FileIdentity }
  /** An empty folder that only its owner can access. */
  readonly target: string
  /** The incarnation of the copied log. */
  readonly incarnation: string
}

/** Its reply: `path` is the file that it was processing. */
export type BackupOutcome = 'done' | (Failure & { readonly path: string })

// Milliseconds that each step waits for other processes that lock a file.
const BUSY_TIMEOUT = 5000

// The current file when something fails.
let path = ''

function copyFile(identity: FileIdentity, target: string): void {
  path = identity.path
  const database = new Database(path, BUSY_TIMEOUT, { mustExist: true })
  try {
    database.configure()
    path = target
    // SQLite fills an empty file, which is therefore accessible to its owner only from the beginning.
    closeSync(openSync(target, 'wx', 0o600))
    database.statement('VACUUM INTO ?').run(target)
    if (fullPlacementOf(identity).state !== 'inPlace') throw new StorageMoved(identity.path)
  } finally {
    database.close()
  }
}

/** Opens a copied file, changes it in one transaction, and makes it durable. */
function change(file: string, work: (database: Database) => void): void {
  path = file
  const database = new Database(file, BUSY_TIMEOUT, { mustExist: true })
  try {
    database.configure()
    database.connection.exec('BEGIN IMMEDIATE')
    work(database)
    database.connection.exec('COMMIT')
  } finally {
    database.close()
  }
  syncPath(file, { isFile: true })
}

function backUp(data: BackupData): void {
  const { files, target, incarnation } = data
  copyFile(files.documents, join(target, viewsFormat.name))
  copyFile(files.log, join(target, eventsFormat.name))
  let previous: unknown
  change(join(target, eventsFormat.name), (database) => {
    previous = database.get(`SELECT value FROM storage WHERE name = 'incarnation'`)?.[0]
    database.statement(`UPDATE storage SET value = ? WHERE name = 'incarnation'`).run(incarnation)
  })
  change(join(target, viewsFormat.name), (database) => {
    // A key in a backup would open what was forgotten since. Deleted rows are overwritten.
    database.statement('DELETE FROM views WHERE projection = ?').run(VAULT_KEYS)
    moveDerived(database, String(previous), incarnation)
  })
}

function main(): BackupOutcome {
  try {
    backUp(workerData as BackupData)
    return 'done'
  } catch (error) {
    return { ...toFailure(error), path }
  }
}

parentPort?.postMessage(main())
