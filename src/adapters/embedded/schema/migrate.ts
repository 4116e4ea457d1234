import { ForeignStorage, StorageTooNew } from '../../../core/errors/storage.ts'
import type { Database } from '../sqlite/database.ts'

/** One of the files of a folder: how it is recognised, and how its schema evolved. */
export type FileFormat = {
  readonly name: string
  /** SQLite's `application_id`. */
  readonly applicationId: number
  /** SQL that turns each version of the schema into the next one; the first creates version 1. */
  readonly migrations: readonly string[]
}

/**
 * Migrates a file to the newest version of its schema, in one transaction, even if other processes do the same.
 *
 * @param created called inside the transaction that created the first version
 * @throws ForeignStorage if it is some other program's database
 * @throws StorageTooNew if a newer Tidemark wrote it
 */
export function migrate(database: Database, format: FileFormat, created?: () => void): void {
  // Everything is read at one moment, because another process may be creating the file.
  if (database.read(() => version(database, format)) === format.migrations.length) return
  database.connection.exec('BEGIN IMMEDIATE')
  try {
    const stored = version(database, format)
    for (const sql of format.migrations.slice(stored)) database.connection.exec(sql)
    database.connection.exec(`PRAGMA application_id = ${format.applicationId}`)
    database.connection.exec(`PRAGMA user_version = ${format.migrations.length}`)
    if (stored === 0) created?.()
    database.connection.exec('COMMIT')
  } catch (error) {
    if (database.connection.isTransaction) database.connection.exec('ROLLBACK')
    throw error
  }
}

function version(database: Database, format: FileFormat): number {
  const pragma = (name: string): number => database.get<[number]>(`PRAGMA ${name}`)?.[0] ?? 0
  const [applicationId, stored] = [pragma('application_id'), pragma('user_version')]
  const isEmpty = database.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined
  if (isEmpty && applicationId === 0 && stored === 0) return 0
  if (applicationId !== format.applicationId) {
    throw new ForeignStorage(`${database.path} is a database, but not Tidemark's ${format.name}`)
  }
  if (stored > format.migrations.length) throw new StorageTooNew(database.path, stored, format.migrations.length)
  return stored
}
