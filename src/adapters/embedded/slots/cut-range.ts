import { join, resolve } from 'node:path'
import { eventsFormat } from '../schema/events.ts'
import { Database } from '../sqlite/database.ts'
import { addCut } from './cuts.ts'

/**
 * Splits the feed range of a folder that contains a hash there, as a growing database does; every process that has the
 * folder open sees it at its next read. Only tests need it, because a folder has no reason to split its ranges.
 *
 * @param hash upper-case hexadecimal
 * @param busyTimeout milliseconds to wait for another writer
 * @throws what SQLite throws
 */
export function cutRange(folder: string, hash: string, busyTimeout = 5000): void {
  const database = new Database(join(resolve(folder), eventsFormat.name), busyTimeout, { mustExist: true })
  try {
    database.configure()
    database.connection.exec('BEGIN IMMEDIATE')
    addCut(database, hash)
    database.connection.exec('COMMIT')
  } finally {
    database.close()
  }
}
