import { closeSync, fstatSync, openSync } from 'node:fs'
import { StorageMoved } from '../../../core/errors/storage.ts'
import { toFileError } from '../sqlite/file-errors.ts'
import { type FileIdentity, isOpen, sameDatabase } from '../sqlite/file-identity.ts'

// Closing a descriptor drops all locks that this process has on the file, SQLite's as well. So there is one for each
// database file, which stays open for as long as the file is open here in any way.
const files = new Map<FileIdentity, number>()

/**
 * A descriptor, for reading and writing, of a database file that is open here. @throws StorageMoved,
 * StorageUnavailable, …
 */
export function rawFile(identity: FileIdentity): number {
  for (const [known, file] of files) if (sameDatabase(known, identity)) return file
  let file: number
  try {
    file = openSync(identity.path, 'r+')
  } catch (error) {
    throw toFileError(error, identity.path)
  }
  files.set(identity, file)
  const { dev, ino } = fstatSync(file, { bigint: true })
  if (dev === BigInt(identity.database.dev) && ino === BigInt(identity.database.ino)) return file
  files.delete(identity)
  // This is another file, on which this process cannot have any locks.
  closeSync(file)
  throw new StorageMoved(identity.path)
}

/** Call it after the connections to a file were closed: closes its descriptor, too, unless it is open elsewhere. */
export function closeRawFile(identity: FileIdentity): void {
  if (isOpen(identity)) return
  for (const [known, file] of files) {
    if (!sameDatabase(known, identity)) continue
    files.delete(known)
    closeSync(file)
  }
}
