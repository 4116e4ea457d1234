import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A caller's id for its request, stored with the resulting events as their correlation id. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** The id of a request: the caller's, if it is 1 to 128 visible ASCII characters, otherwise a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID_HEADER]
  return typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID()
}
