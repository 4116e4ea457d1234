import { MongoErrorLabel } from 'mongodb'
import type { TidemarkError } from '../../../core/errors/base.ts'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import {
  StorageAccessDenied,
  StorageBusy,
  StorageFull,
  StorageUnavailable,
  UnsupportedStorage,
} from '../../../core/errors/storage.ts'
import { DeadlinePassed } from './deadline.ts'
import { type DriverError, isA, isBsonError, isDriverError, serverCode } from './driver-error.ts'

/**
 * How to handle a failed call:
 * - `refused`: a retry would be refused again
 * - `duplicate`: a unique index already contains such a key (11000)
 * - `conflict`: the transaction conflicted with another one, or was aborted by the server; it had no effect
 * - `unknown`: it is unknown whether the transaction was committed
 * - `lost`: there was no response, or none that shows whether it was done; idempotent calls may be retried
 */
export type FailureKind = 'refused' | 'duplicate' | 'conflict' | 'unknown' | 'lost'

const DUPLICATE_KEY = 11000
const OUT_OF_DISK_SPACE = 14031
// WriteConflict, LockTimeout.
const HELD_CODES = new Set([112, 24])

const UNAUTHORIZED = 13
const DATABASE_DIFFERS_IN_CASE = 13297
// AuthenticationFailed, UserNotFound; and the response of MongoDB Atlas's proxies.
const CREDENTIALS_CODES = new Set([11, 18, 8000])

// Network, failover, shutdown, timeouts and overload: the codes that the driver's specification of retryable reads
// names, and those of a deadline, of locks, of an unsatisfied write concern, and of a majority that is not available
// yet.
const LOST_CODES = new Set([
  6, 7, 24, 43, 50, 63, 64, 79, 89, 91, 100, 112, 133, 134, 150, 189, 202, 234, 237, 246, 262, 290, 384, 9001, 10058,
  10107, 11600, 11601, 11602, 13388, 13435, 13436, 462,
])

/** The kind of failure of a driver error, by its class, labels and codes and never by its text. */
export function kindOf(error: unknown): FailureKind {
  if (error instanceof DeadlinePassed) return 'lost'
  if (!isDriverError(error)) return isOfSystem(error) ? 'lost' : 'refused'
  if (error.hasErrorLabel(MongoErrorLabel.UnknownTransactionCommitResult)) return 'unknown'
  if (error.hasErrorLabel(MongoErrorLabel.TransientTransactionError)) return 'conflict'
  if (error.code === DUPLICATE_KEY) return 'duplicate'
  if (isClosed(error) || isUnsent(error)) return 'refused'
  if (!isA(error, 'MongoServerError')) return 'lost'
  if (error.hasErrorLabel(MongoErrorLabel.RetryableWriteError)) return 'lost'
  // Bulk writes wrap network errors as if the server had responded.
  return error.code === undefined || LOST_CODES.has(Number(error.code)) ? 'lost' : 'refused'
}

/** The error that a refusal is for the caller of the port; an error that is not the driver's is returned unchanged. */
export function refusal(error: unknown): unknown {
  const options = { cause: error }
  if (isBsonError(error)) return unsent('BSON', options)
  if (!isDriverError(error)) return error
  if (CREDENTIALS_CODES.has(Number(error.code))) {
    return new StorageAccessDenied('MongoDB refused the credentials', options)
  }
  if (error.code === UNAUTHORIZED) {
    const why = 'MongoDB requires credentials, or these lack a permission: they need readWrite on the database'
    return new StorageAccessDenied(why, options)
  }
  if (error.code === DATABASE_DIFFERS_IN_CASE) {
    return new InvalidConfiguration('database', 'there is one whose name differs only in case', options)
  }
  if (error.code === OUT_OF_DISK_SPACE) return new StorageFull('MongoDB has no space left', options)
  if (isA(error, 'MongoCompatibilityError')) return new UnsupportedStorage('MongoDB is too old', options)
  if (isA(error, 'MongoMissingCredentialsError')) {
    return new StorageAccessDenied('The MongoDB driver has no credentials', options)
  }
  if (isUnsent(error)) return unsent(error.name, options)
  if (isClosed(error)) return new StorageUnavailable('The MongoClient was closed', options)
  return new StorageUnavailable(`MongoDB refused a call with ${error.code ?? error.name}`, options)
}

const unsent = (what: string, options: ErrorOptions): UnsupportedStorage =>
  new UnsupportedStorage(`The MongoDB driver refused a call before sending it (${what}); its cause says why`, options)

/** The error after the deadline. */
export function gaveUp(error: unknown, deadline: number): TidemarkError {
  const options = { cause: error }
  return HELD_CODES.has(serverCode(error) ?? 0)
    ? new StorageBusy(`Another transaction blocked this one for longer than ${deadline} ms; retry later`, options)
    : new StorageUnavailable(`MongoDB did not respond within ${deadline} ms${reasonOf(error)}`, options)
}

// Which server could not be reached, and why.
function reasonOf(error: unknown): string {
  const reason = isA(error, 'MongoServerSelectionError') ? (error as DriverError).cause : error
  return reason instanceof Error && (reason !== error || isOfSystem(reason)) ? `: ${reason.message}` : ''
}

// The driver passes on the DNS error of a mongodb+srv: URL.
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error

const isClosed = (error: unknown): boolean =>
  isA(error, 'MongoClientClosedError') || isA(error, 'MongoNotConnectedError') || isA(error, 'MongoTopologyClosedError')

// What the driver's own checks refuse once, they refuse again. A server that left the set during the call is different.
const isUnsent = (error: DriverError): boolean =>
  isA(error, 'MongoAPIError') && !isA(error, 'MongoServerClosedError') && !isClosed(error)
