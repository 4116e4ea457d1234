import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { ForeignStorage, StorageFull, StorageReadOnly, StorageUnavailable } from '../../../core/errors/storage.ts'

const CODES: Readonly<Record<string, 'foreign' | 'full' | 'readOnly'>> = {
  EEXIST: 'foreign',
  ENOTDIR: 'foreign',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'readOnly',
  EPERM: 'readOnly',
  EROFS: 'readOnly',
}

/** Tidemark's own error for one of the file system at `path`; any other is returned unchanged. */
export function toFileError(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error
  const options = { cause: error }
  // On a read-only disk, creating a folder with its parents fails with "no such folder".
  const kind = CODES[String(error.code)] ?? (isWritable(nearest(path)) ? undefined : 'readOnly')
  if (kind === 'foreign') return new ForeignStorage(`${path} is not a folder`, options)
  if (kind === 'full') return new StorageFull(`No space is left for ${path}`, options)
  if (kind === 'readOnly') return new StorageReadOnly(`${path} cannot be written to`, options)
  return new StorageUnavailable(`${path}: ${error.message}`, options)
}

/** Whether this process may write there. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}
