import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { eventsFormat } from '../schema/events.ts'
import { viewsFormat } from '../schema/views.ts'
import { Database } from '../sqlite/database.ts'
import { toFailure } from '../writer/group-commit.ts'
import type { Failure } from '../writer/messages.ts'
import { syncPath } from './sync.ts'

// The thread that copies a folder. Views go first: events that are appended meanwhile are in the copied log and not in
// the copied views, never the other way round, so that nothing derived is ahead of the log.

/** What the thread is started with. */
export type BackupData = {
  readonly source: string
  readonly target: string
  readonly busyTimeout: number
  /** The copied log's new one. */
  readonly incarnation: string
}

/** What it answers: `path` is the file that it was at. */
export type BackupOutcome = 'done' | (Failure & { readonly path: string })

// What is at work when something fails.
let path = ''

function copyFiles({ source, target, busyTimeout }: BackupData): void {
  for (const { name } of [viewsFormat, eventsFormat]) {
    path = join(source, name)
    const database = new Database(path, busyTimeout)
    try {
      database.configure()
      path = join(target, name)
      database.statement('VACUUM INTO ?').run(path)
    } finally {
      database.close()
    }
  }
}

/** Opens a copied file, changes it in one transaction, and makes it durable. */
function change(file: string, busyTimeout: number, work: (database: Database) => void): void {
  path = file
  const database = new Database(file, busyTimeout)
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
  const { target, busyTimeout, incarnation } = data
  copyFiles(data)
  let previous: unknown
  change(join(target, eventsFormat.name), busyTimeout, (database) => {
    previous = database.get(`SELECT value FROM storage WHERE name = 'incarnation'`)?.[0]
    database.statement(`UPDATE storage SET value = ? WHERE name = 'incarnation'`).run(incarnation)
  })
  change(join(target, viewsFormat.name), busyTimeout, (database) => {
    for (const table of ['views', 'leases', 'snapshots']) {
      const sql = `
        UPDATE ${table} SET document = json_set(document, '$.incarnation', ?)
        WHERE json_extract(document, '$.incarnation') = ?`
      database.statement(sql).run(incarnation, String(previous))
    }
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
