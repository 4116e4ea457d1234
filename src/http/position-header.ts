import { InvalidPosition } from '../core/errors/input.ts'
import { decodePosition, type PositionToken } from '../core/positions/position-token.ts'
import { etagOf } from './etags.ts'
import { headerOf, type RequestHeaders } from './request-headers.ts'

/** A write returns its position in this header. A read that sends it waits until the view contains that write. */
export const POSITION_HEADER = 'tidemark-position'

// The alphabet of positions. Node's decoder would ignore any other character.
const TOKEN = /^[A-Za-z0-9_-]+$/

/** Whether a value has the characters of a position only, so that a header can hold it. */
export const isToken = (value: unknown): value is PositionToken => typeof value === 'string' && TOKEN.test(value)

/**
 * The position that a read waits for, validated before any I/O. It is null if the request has none; pass it to
 * `views.waitFor` in either case.
 *
 * @throws InvalidPosition when it is malformed, sent twice, or spans more streams than can be waited for at once
 */
export function positionOf(headers: RequestHeaders): PositionToken | null {
  const header = headerOf(headers, POSITION_HEADER)
  if (header === undefined) return null
  if (!isToken(header)) throw new InvalidPosition()
  decodePosition(header)
  return header
}

/**
 * The headers of the response to a write: the ETag of the new version and the position, if there are any.
 *
 * @param result the result of a repository's `execute`
 */
export function resultHeaders(result: {
  readonly streamId: string
  readonly version: number
  readonly position: PositionToken | null
  readonly duplicate: boolean
}): Record<string, string> {
  return {
    // A repeat has the version of the first call, which may not be current any more. Version 0 has no representation.
    ...(result.version > 0 && !result.duplicate && { etag: etagOf(result) }),
    ...(result.position !== null && { [POSITION_HEADER]: result.position }),
  }
}
