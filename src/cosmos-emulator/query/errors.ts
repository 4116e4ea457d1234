import { badRequest } from '../engine/errors.ts'
import type { CosmosError } from '../engine/types.ts'

/** The places of a query's text that an error is about: offsets of its first character and of the one behind it. */
export type Location = { readonly start: number; readonly end: number }

/**
 * A query that cannot be compiled, as the service answers it: 400 with a list of errors, each with a code such as
 * `SC1001` (syntax) or `SC2001` (an unknown name).
 */
export function queryError(code: string, message: string, location?: Location): CosmosError {
  const error = { severity: 'Error', ...(location && { location }), code, message }
  return badRequest(`Message: ${JSON.stringify({ errors: [error] })}`)
}

/** The answer to text that the grammar does not know. */
export function syntaxError(near: string, location: Location): CosmosError {
  return queryError('SC1001', `Syntax error, incorrect syntax near '${near}'.`, location)
}
