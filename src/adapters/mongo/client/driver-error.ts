import type { MongoError } from 'mongodb'

/** An error of the driver, as far as it is looked at. */
export type DriverError = Pick<MongoError, 'name' | 'message' | 'cause' | 'code' | 'hasErrorLabel'>

/** The classes of errors that are told apart here. */
export type DriverErrorName =
  | 'MongoServerError'
  | 'MongoAPIError'
  | 'MongoClientClosedError'
  | 'MongoCompatibilityError'
  | 'MongoMissingCredentialsError'
  | 'MongoNotConnectedError'
  | 'MongoServerClosedError'
  | 'MongoServerSelectionError'
  | 'MongoTopologyClosedError'

/** Whether an error is one of the driver's. */
export const isDriverError = (error: unknown): error is DriverError =>
  typeof error === 'object' && error !== null && 'hasErrorLabel' in error

/**
 * Whether an error is of a class of the driver, or of one below it. It goes by the name that each class gives its
 * errors: the client may come from another copy of the driver than the one that is imported here, of which no error is
 * an instance of these classes.
 */
export function isA(error: unknown, name: DriverErrorName): boolean {
  if (!isDriverError(error)) return false
  for (let of: unknown = error; of !== null; of = Object.getPrototypeOf(of)) {
    if (Reflect.get(of as object, 'name', error) === name) return true
  }
  return false
}

/** The code with which the server answered, or undefined for any other error. */
export const serverCode = (error: unknown): number | undefined =>
  isA(error, 'MongoServerError') ? Number((error as DriverError).code) : undefined

/** Whether BSON could not be made of what was to be sent, or not by this driver. */
export const isBsonError = (error: unknown): boolean =>
  error instanceof Error && /^BSON\w*Error$/.test(error.name) && !('hasErrorLabel' in error)
