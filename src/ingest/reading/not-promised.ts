import { ignoreRejection, isThenable } from '../../core/async/callbacks.ts'

/**
 * What a function of the application returned, which must be no promise. A promise that is never awaited would end the
 * process when it is rejected.
 *
 * @throws TypeError
 */
export function notPromised<T>(returned: T, what: string): T {
  if (!isThenable(returned)) return returned
  ignoreRejection(returned)
  throw new TypeError(`${what} must return a value, not a promise`)
}
