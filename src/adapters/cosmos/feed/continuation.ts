import {
  assertContinuationLength,
  decodeContinuation as decode,
  encodeContinuation as encode,
  isEncodedContinuation,
  type LastEvent,
} from '../../../core/adapters/continuation.ts'
import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import { InvalidContinuation } from '../../../core/errors/input.ts'
import type { Continuation, FeedRange } from '../../../core/port/change-feed.ts'
import { containsInterval } from '../../../core/positions/hash-interval.ts'
import type { Position } from '../../../core/positions/position.ts'

/** A place in a range: reading resumes after it. */
export type Place = {
  /** The server's own token, sent as `If-None-Match`; empty at the start, `*` for the current end. */
  readonly etag: string
  /** Everything up to this LSN is before it. */
  readonly readTo: number
  /** The last event that was read up to there, if one is known. */
  readonly last?: LastEvent | null
}

/** Where reading begins: a place, and the first position after it that is to be returned. */
export type Start = Place & { readonly first?: Position }

/** The continuation after a place in a range. */
export const encodeContinuation = (
  incarnation: string,
  range: FeedRange,
  { etag, readTo, last = null }: Place,
): Continuation => encode({ incarnation, range, place: `${readTo} ${etag}`, last })

// An ETag is sent in a header again: printable ASCII.
const ETAG = /^[\x21-\x7e]{0,200}$/
const PLACE = /^(\d{1,16}) (.*)$/s

/**
 * The place after which a continuation resumes in a range, which may be a part of the one that it comes from: after a
 * split, the server accepts the parent's token for each part.
 *
 * @throws InvalidContinuation, IncarnationMismatch
 */
export function decodeContinuation(continuation: Continuation, range: FeedRange, incarnation: string): Place {
  if (!isEncodedContinuation(continuation)) return decodeOlder(continuation, range, incarnation)
  const { place, last } = decode(continuation, range, incarnation)
  const [, readTo, etag] = PLACE.exec(place) ?? []
  if (etag === undefined || !ETAG.test(etag) || !Number.isSafeInteger(Number(readTo)))
    throw new InvalidContinuation('it is malformed')
  return { etag, readTo: Number(readTo), last }
}

/** The form in leases that were saved before continuations named an event. */
function decodeOlder(continuation: Continuation, range: FeedRange, incarnation: string): Place {
  assertContinuationLength(continuation)
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(continuation, 'base64url').toString('utf8'))
  } catch {
    throw new InvalidContinuation('it is malformed')
  }
  const [of, min, max, etag, readTo] = Array.isArray(parts) ? parts : []
  const isRange = typeof of === 'string' && typeof min === 'string' && typeof max === 'string'
  if (!isRange || typeof etag !== 'string' || !ETAG.test(etag) || !Number.isSafeInteger(readTo) || readTo < 0) {
    throw new InvalidContinuation('it is malformed')
  }
  if (of !== incarnation) throw new IncarnationMismatch('The continuation', incarnation, of)
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return { etag, readTo }
}
