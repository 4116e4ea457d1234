import { chmodSync, lstatSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import { createFolder } from '../../../core/files/durable-files.ts'
import { syncPath } from './sync.ts'

/** Permissions for the owner only, because events may contain data that other users of a machine must not see. */
const OWNERS_FOLDER = 0o700
const OWNERS_FILE = 0o600

/**
 * Creates a folder, and its parents, durably and for their owner only. An existing one keeps its mode.
 *
 * @throws what the file system throws: see `toFileError`
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  const first = await createFolder(path, OWNERS_FOLDER)
  if (first === undefined) return
  for (let made = path; made.length >= resolve(first).length; made = dirname(made)) {
    // The umask may have removed permissions that the owner needs.
    chmodSync(made, OWNERS_FOLDER)
    syncEntries(dirname(made))
  }
}

/** Restricts a new file to its owner; SQLite gives its write-ahead log the same mode. */
export const keepToOwner = (file: string): void => chmodSync(file, OWNERS_FILE)

/**
 * @throws UnsupportedStorage if the file is a symbolic link: SQLite would keep its write-ahead log beside the file that
 *   the link points to, and a link in a folder that others can write to may point anywhere
 */
export function assertNoLink(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return
  throw new UnsupportedStorage(`${file} is a symbolic link: link the folder instead, or move the file into it`)
}

// A folder that can be written but not read cannot be opened, and some file systems do not sync folders.
const IGNORED = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP'])

function syncEntries(folder: string): void {
  try {
    syncPath(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && IGNORED.has(String(error.code)))) throw error
  }
}
