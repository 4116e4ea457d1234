import type { ExpectedVersion } from '../core/append/expected-version.ts'
import { InvalidPrecondition, PreconditionFailed, PreconditionRequired } from './errors.ts'
import { prefixOf } from './etags.ts'
import { type EntityTag, entityTagsOf, type RequestHeaders } from './request-headers.ts'

/** Options of {@link expectedVersionOf}. */
export type PreconditionOptions = {
  /** Whether a write without a precondition is refused with 428; default false. */
  readonly required?: boolean
  /** The open period of an aggregate with periods: tags of another period are not current. */
  readonly period?: string
}

/**
 * The expected version of a write by its preconditions, for a repository's `execute` or an append:
 *
 * | header | expected version |
 * |---|---|
 * | none | `'any'` |
 * | `If-Match: "3"` | 3 |
 * | `If-Match: "3", "5"` | 5: a client that has seen version 5 cannot meet version 3 again |
 * | `If-Match: *` | `'streamExists'` |
 * | `If-None-Match: *` | `'noStream'` |
 *
 * Tags are compared strongly, as RFC 9110 (13.1.1) requires, so a weak tag never matches.
 *
 * @throws InvalidPrecondition (400) for a malformed header, or both of them;
 *   PreconditionFailed (412) when no tag can be current; PreconditionRequired (428)
 */
export function expectedVersionOf(
  headers: RequestHeaders,
  { required = false, period }: PreconditionOptions = {},
): ExpectedVersion {
  const match = entityTagsOf(headers, 'if-match')
  const noneMatch = entityTagsOf(headers, 'if-none-match')
  if (noneMatch !== undefined) {
    if (noneMatch !== '*') throw new InvalidPrecondition('if-none-match', 'an asterisk where something is written')
    if (match !== undefined) throw new InvalidPrecondition('if-none-match', 'left out where there is an If-Match')
    return 'noStream'
  }
  if (match === undefined) {
    if (required) throw new PreconditionRequired()
    return 'any'
  }
  if (match === '*') return 'streamExists'
  const versions = match.map((tag) => versionOf(tag, prefixOf(period))).filter((version) => version !== undefined)
  if (versions.length === 0) throw new PreconditionFailed()
  return Math.max(...versions)
}

const VERSION = /^[1-9]\d{0,15}$/

function versionOf({ weak, opaque }: EntityTag, prefix: string): number | undefined {
  if (weak || !opaque.startsWith(prefix)) return undefined
  const digits = opaque.slice(prefix.length)
  return VERSION.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined
}

/** Whether a request has a precondition that a write may fail to meet. */
export const hasPrecondition = (headers: RequestHeaders): boolean =>
  headers['if-match'] !== undefined || headers['if-none-match'] !== undefined
