import type { MongoError } from 'mongodb'

/** The members of a driver error that are used. */
export type DriverError = Pick<MongoError, 'name' | 'message' | 'cause' | 'code' | 'hasErrorLabel'>

/** The classes of errors that are distinguished here. */
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
 * Whether an error is of a class of the driver, or of a subclass. It compares the name that each class gives its
 * errors, because the client may come from another copy of the driver, whose errors are not instances of the classes
 * imported here.
 */
export function isA(error: unknown, name: DriverErrorName): boolean {
  if (!isDriverError(error)) return false
  for (let of: unknown = error; of !== null; of = Object.getPrototypeOf(of)) {
    if (Reflect.get(of as object, 'name', error) === name) return true
  }
  return false
}

/** The code of the server's response, or undefined for any other error. */
export const serverCode = (error: unknown): number | undefined =>
  isA(error, 'MongoServerError') ? Number((error as DriverError).code) : undefined

/** Whether the data could not be encoded as BSON, or not by this driver. */
export const isBsonError = (error: unknown): boolean =>
  error instanceof Error && /^BSON\w*Error$/.test(error.name) && !('hasErrorLabel' in error)
