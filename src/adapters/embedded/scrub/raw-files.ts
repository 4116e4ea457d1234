import { closeSync, fstatSync, openSync } from 'node:fs'
import { StorageMoved } from '../../../core/errors/storage.ts'
import { toFileError } from '../sqlite/file-errors.ts'
import { type FileIdentity, isOpen, sameDatabase } from '../sqlite/file-identity.ts'

// Closing a descriptor drops all locks that this process has on the file, SQLite's as well. So there is one for each
// database file, and it stays open for as long as the file is open here in any way.
const files = new Map<FileIdentity, number>()

/** A descriptor of a database file that is open here, for reading and writing. @throws StorageMoved, StorageUnavailable, … */
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
  // This is another file, on which this process need not have any locks.
  closeSync(file)
  throw new StorageMoved(identity.path)
}

/** To be called after the connections to a file were closed: closes its descriptor, too, unless others have it open. */
export function closeRawFile(identity: FileIdentity): void {
  if (isOpen(identity)) return
  for (const [known, file] of files) {
    if (!sameDatabase(known, identity)) continue
    files.delete(known)
    closeSync(file)
  }
}
