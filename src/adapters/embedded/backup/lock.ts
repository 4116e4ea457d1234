import { closeSync, lstatSync, openSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { StorageBusy } from '../../../core/errors/storage.ts'
import { Code, isSqliteError, primaryCode } from '../sqlite/errors.ts'
import { nodeSqlite } from '../sqlite/node-sqlite.ts'

/**
 * Takes the lock on the target of a backup, which ends with the process that holds it. The lock is SQLite's own, on an
 * empty file beside the target: the operating system releases it, even if the process is killed.
 *
 * @throws StorageBusy if another backup to the same target is running
 * @throws InvalidConfiguration if something else has the name of the lock file
 */
export function lockTarget(target: string): Disposable {
  const path = join(dirname(target), `.${basename(target)}.lock`)
  const { DatabaseSync } = nodeSqlite()
  for (;;) {
    const inode = makeLockFile(path)
    const database = new DatabaseSync(path, { timeout: 0 })
    try {
      // Nothing is ever written, so there must be no journal.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    } catch (cause) {
      database.close()
      if (!isSqliteError(cause) || primaryCode(cause) !== Code.busy) throw cause
      throw new StorageBusy(`Another backup to ${target} is running`, { cause })
    }
    // The previous holder may have removed the file in the meantime.
    if (lstatSync(path, { throwIfNoEntry: false })?.ino === inode) return held(path, database)
    database.close()
  }
}

function held(path: string, database: DatabaseSync): Disposable {
  return {
    [Symbol.dispose]() {
      // Windows does not remove an open file; elsewhere it must be removed before another process can lock it.
      if (process.platform !== 'win32') rmSync(path, { force: true })
      database.close()
      if (process.platform === 'win32') rmSync(path, { force: true })
    },
  }
}

function makeLockFile(path: string): number {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  const found = lstatSync(path)
  const isOurs = found.isFile() && found.size === 0 && found.uid === (process.getuid?.() ?? found.uid)
  if (!isOurs) throw new InvalidConfiguration('backup', `${path} is in the way: it is not a lock file of this user`)
  return found.ino
}
