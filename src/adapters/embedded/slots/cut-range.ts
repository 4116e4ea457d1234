import { join, resolve } from 'node:path'
import { eventsFormat } from '../schema/events.ts'
import { Database } from '../sqlite/database.ts'
import { addCut } from './cuts.ts'

/**
 * Cuts the feed range of a folder that holds a hash there, as a database does that grows; whoever has the folder open,
 * in whatever process, sees it with its next read. Only tests need it: a folder has no reason to cut its ranges.
 *
 * @param hash upper-case hexadecimal
 * @param busyTimeout milliseconds to wait for somebody else who writes
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
