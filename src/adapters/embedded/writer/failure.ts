import { StorageMoved, StorageUnavailable } from '../../../core/errors/storage.ts'
import { isSqliteError, sqliteError, toStorageError } from '../sqlite/errors.ts'
import type { Failure, Outcome } from './messages.ts'

/** The part of an error that is sent to the main thread. */
export function toFailure(error: unknown): Failure {
  if (error instanceof StorageMoved) return { message: error.message, moved: true }
  if (isSqliteError(error)) return { message: error.message, errcode: error.errcode }
  return { message: String(error) }
}

/** The error that a failure represents. @param path the file that was written */
export function toError({ message, errcode, moved }: Failure, path: string): unknown {
  if (moved) return new StorageMoved(path)
  if (errcode !== undefined) return toStorageError(sqliteError(message, errcode), path)
  return new StorageUnavailable(`${path}: ${message}`)
}

/** Whether an outcome is a failure; replies are arrays. */
export const isFailure = <Answer extends readonly unknown[]>(outcome: Outcome<Answer>): outcome is Failure =>
  !Array.isArray(outcome)
