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
 * What to make of a failed call:
 * - `refused`: asking again would be refused again
 * - `duplicate`: a unique index holds such a key already (11000)
 * - `conflict`: the transaction met another one, or was ended by the server; nothing of it was done
 * - `unknown`: whether the transaction was committed is not known
 * - `lost`: no answer came, or none that tells whether it was done; what can be done twice may be asked again
 */
export type FailureKind = 'refused' | 'duplicate' | 'conflict' | 'unknown' | 'lost'

const DUPLICATE_KEY = 11000
const OUT_OF_DISK_SPACE = 14031
// WriteConflict, LockTimeout.
const HELD_CODES = new Set([112, 24])

const UNAUTHORIZED = 13
const DATABASE_DIFFERS_IN_CASE = 13297
// AuthenticationFailed, UserNotFound; and what MongoDB Atlas answers from its proxies.
const CREDENTIALS_CODES = new Set([11, 18, 8000])

// Network, failover, shutdown, time and pressure: the codes that the driver's specification of retryable reads names,
// and those of a deadline, of locks, of a write concern that was not reached, of a majority that is not there yet.
const LOST_CODES = new Set([
  6, 7, 24, 43, 50, 63, 64, 79, 89, 91, 100, 112, 133, 134, 150, 189, 202, 234, 237, 246, 262, 290, 384, 9001, 10058,
  10107, 11600, 11601, 11602, 13388, 13435, 13436, 462,
])

/** What kind of failure an error of the driver is, by its class, labels and codes and never by its text. */
export function kindOf(error: unknown): FailureKind {
  if (error instanceof DeadlinePassed) return 'lost'
  if (!isDriverError(error)) return isOfSystem(error) ? 'lost' : 'refused'
  if (error.hasErrorLabel(MongoErrorLabel.UnknownTransactionCommitResult)) return 'unknown'
  if (error.hasErrorLabel(MongoErrorLabel.TransientTransactionError)) return 'conflict'
  if (error.code === DUPLICATE_KEY) return 'duplicate'
  if (isClosed(error) || isUnsent(error)) return 'refused'
  if (!isA(error, 'MongoServerError')) return 'lost'
  if (error.hasErrorLabel(MongoErrorLabel.RetryableWriteError)) return 'lost'
  // Bulk writes wrap what never reached the server, or never came back, as if the server had answered it.
  return error.code === undefined || LOST_CODES.has(Number(error.code)) ? 'lost' : 'refused'
}

/** The error that a refusal is for the caller of the port; what is no error of the driver is left as it is. */
export function refusal(error: unknown): unknown {
  const options = { cause: error }
  if (isBsonError(error)) return unsent('BSON', options)
  if (!isDriverError(error)) return error
  if (CREDENTIALS_CODES.has(Number(error.code))) {
    return new StorageAccessDenied('MongoDB refused the credentials', options)
  }
  if (error.code === UNAUTHORIZED) {
    const why = 'MongoDB does not allow this without credentials, or with these: they need readWrite on the database'
    return new StorageAccessDenied(why, options)
  }
  if (error.code === DATABASE_DIFFERS_IN_CASE) {
    return new InvalidConfiguration('database', 'there is one whose name differs in upper and lower case only', options)
  }
  if (error.code === OUT_OF_DISK_SPACE) return new StorageFull('MongoDB has no room left', options)
  if (isA(error, 'MongoCompatibilityError')) return new UnsupportedStorage('MongoDB is too old', options)
  if (isA(error, 'MongoMissingCredentialsError')) {
    return new StorageAccessDenied('The MongoDB driver has no credentials', options)
  }
  if (isUnsent(error)) return unsent(error.name, options)
  if (isClosed(error)) return new StorageUnavailable('The MongoClient was closed', options)
  return new StorageUnavailable(`MongoDB refused a call with ${error.code ?? error.name}`, options)
}

const unsent = (what: string, options: ErrorOptions): UnsupportedStorage =>
  new UnsupportedStorage(`The MongoDB driver refused a call before it was sent (${what}); its cause says why`, options)

/** The error after the deadline. */
export function gaveUp(error: unknown, deadline: number): TidemarkError {
  const options = { cause: error }
  return HELD_CODES.has(serverCode(error) ?? 0)
    ? new StorageBusy(`Another transaction was in the way for longer than ${deadline} ms`, options)
    : new StorageUnavailable(`MongoDB gave no answer within ${deadline} ms${reasonOf(error)}`, options)
}

// Which server could not be reached, and how.
function reasonOf(error: unknown): string {
  const reason = isA(error, 'MongoServerSelectionError') ? (error as DriverError).cause : error
  return reason instanceof Error && (reason !== error || isOfSystem(reason)) ? `: ${reason.message}` : ''
}

// The driver passes on what DNS says of a mongodb+srv: URL.
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error

const isClosed = (error: unknown): boolean =>
  isA(error, 'MongoClientClosedError') || isA(error, 'MongoNotConnectedError') || isA(error, 'MongoTopologyClosedError')

// What the driver's own checks refuse, they refuse again. A server that left the set while it was asked is another thing.
const isUnsent = (error: DriverError): boolean =>
  isA(error, 'MongoAPIError') && !isA(error, 'MongoServerClosedError') && !isClosed(error)
