import { MAX_DOCUMENT_BYTES } from '../engine/documents/document-rules.ts'
import { checkNesting } from '../engine/documents/nesting.ts'
import { badRequest, tooLarge } from '../engine/errors.ts'
import type { CosmosRequest } from './message.ts'

/** More than a document may have, which parameters and operations stand around. */
const MAX_LEVELS = 200

/**
 * Reads the body of a request.
 *
 * @throws CosmosError 400 when it is no JSON or nested too deep, 413 when it has more than 2 MB
 */
export function jsonBody({ body }: CosmosRequest): unknown {
  if (Buffer.byteLength(body) > MAX_DOCUMENT_BYTES) {
    throw tooLarge()
  }
  const value = parse(body)
  checkNesting(value, MAX_LEVELS)
  return value
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw badRequest('The request payload is invalid. Ensure to provide a valid request payload.')
  }
}

/** Whether a header says yes. */
export function isSet({ headers }: CosmosRequest, name: string): boolean {
  return headers[name]?.toLowerCase() === 'true'
}
