import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import { syncPath } from './sync.ts'

/** What the owner alone may enter, and read: events hold what not everybody on a machine should see. */
const OWNERS_FOLDER = 0o700
const OWNERS_FILE = 0o600

/**
 * Makes a folder, and those above it, durably and for their owner alone. One that is there keeps its mode.
 *
 * @throws what the file system throws: see `toFileError`
 */
export function makeFolder(folder: string): void {
  const path = resolve(folder)
  const first = mkdirSync(path, { recursive: true, mode: OWNERS_FOLDER })
  if (first === undefined) return
  for (let made = path; made.length >= resolve(first).length; made = dirname(made)) {
    // The umask may have taken away what the owner needs.
    chmodSync(made, OWNERS_FOLDER)
    syncEntries(dirname(made))
  }
}

/** Gives a file that was made just now to its owner alone; SQLite gives its write-ahead log the same mode. */
export const keepToOwner = (file: string): void => chmodSync(file, OWNERS_FILE)

/**
 * @throws UnsupportedStorage when the file is a symbolic link: SQLite would keep its write-ahead log beside the file
 *   that the link leads to, and a link in a folder that others write to may lead anywhere
 */
export function assertNoLink(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return
  throw new UnsupportedStorage(`${file} is a symbolic link: link the folder instead, or move the file into it`)
}

// A folder that may be written to but not read cannot be opened, and some file systems do not sync folders.
const IGNORED = new Set(['EACCES', 'EPERM', 'EINVAL', 'ENOTSUP'])

function syncEntries(folder: string): void {
  try {
    syncPath(folder)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && IGNORED.has(String(error.code)))) throw error
  }
}
