import { NotJson } from '../errors/input.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Json } from './json.ts'

/**
 * Whether what a database holds is the same JSON value as one of our own. What is not JSON, such as a date in a document
 * that another program changed, is the same as nothing, since it cannot have been stored as it is.
 *
 * @param stored what was found
 * @param own the value to compare it with
 * @throws NotJson if `own` is not JSON
 */
export function isSameJson(stored: unknown, own: Json): boolean {
  const text = canonicalJson(own)
  try {
    return canonicalJson(stored as Json) === text
  } catch (error) {
    if (error instanceof NotJson) return false
    throw error
  }
}
