import { closeSync, existsSync, openSync, statfsSync } from 'node:fs'
import { devNull } from 'node:os'
import { dirname } from 'node:path'
import {
  StorageBusy,
  StorageCorrupt,
  StorageFull,
  StorageMoved,
  StorageReadOnly,
  StorageUnavailable,
} from '../../../core/errors/storage.ts'
import { isWritable } from './file-errors.ts'

/** An error of SQLite as `node:sqlite` throws it. `errcode` is SQLite's extended result code. */
export type SqliteError = Error & { readonly code: 'ERR_SQLITE_ERROR'; readonly errcode: number }

export const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'

/** Rebuilds an error of SQLite that occurred in another thread. */
export const sqliteError = (message: string, errcode: number): SqliteError =>
  Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode } as const)

/** The primary result codes that are handled: https://sqlite.org/rescode.html */
export const Code = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  notADatabase: 26,
} as const

const READONLY_DBMOVED = 1032

/** The primary result code of an error. */
export const primaryCode = (error: SqliteError): number => error.errcode & 0xff

/**
 * Tidemark's own error for one of SQLite, determined by its result code and the state of the file system; any other
 * error is returned unchanged.
 */
export function toStorageError(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error
  const options = { cause: error }
  const code = primaryCode(error)
  switch (code) {
    case Code.busy:
    case Code.locked:
    case Code.protocol:
      return new StorageBusy(`${path} is locked by another process; retry later`, options)
    case Code.corrupt:
    case Code.notADatabase:
      return new StorageCorrupt(`${path} is damaged: ${error.message}`, options)
    case Code.full:
      return new StorageFull(`No space is left for ${path}`, options)
  }
  // A full or read-only disk can also show as SQLite being unable to grow its shared memory, or to create a file.
  if (code === Code.ioError || code === Code.cannotOpen) {
    if (isDiskFull(path)) return new StorageFull(`No space is left for ${path}`, options)
    if (!isWritable(dirname(path))) return new StorageReadOnly(`${dirname(path)} cannot be written to`, options)
    if (existsSync(path) && !isWritable(path)) return new StorageReadOnly(`${path} cannot be written to`, options)
  }
  if (error.errcode === READONLY_DBMOVED) return new StorageMoved(path, options)
  if (code === Code.readOnly) return new StorageReadOnly(`${path} cannot be written to`, options)
  const why = code === Code.cannotOpen ? lackOfDescriptors() : undefined
  return new StorageUnavailable(`${path}: ${error.message}${why === undefined ? '' : ` (${why})`}`, options)
}

// SQLite does not say why a file could not be opened, and opening it here would drop this process's locks on it.
function lackOfDescriptors(): string | undefined {
  try {
    closeSync(openSync(devNull, 'r'))
    return undefined
  } catch (error) {
    return String(error)
  }
}

function isDiskFull(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0
  } catch {
    return false
  }
}
