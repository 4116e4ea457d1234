import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import { InvalidContinuation } from '../../../core/errors/input.ts'
import { containsInterval } from '../../../core/hash-interval.ts'
import type { Continuation, FeedRange } from '../../../core/port/change-feed.ts'
import type { Position } from '../../../core/position.ts'

/** A place in a range: reading goes on behind it. */
export type Place = {
  /** The server's own word for it, sent as `If-None-Match`; empty at the start, `*` for the end as it is then. */
  readonly etag: string
  /** Everything up to this LSN lies before it. */
  readonly readTo: number
}

/** Where reading begins: a place, and the first position behind it that is to be given. */
export type Start = Place & { readonly first?: Position }

/** The continuation behind a place of a range. */
export function encodeContinuation(
  incarnation: string,
  { min, max }: FeedRange,
  { etag, readTo }: Place,
): Continuation {
  return Buffer.from(JSON.stringify([incarnation, min, max, etag, readTo])).toString('base64url')
}

/**
 * The place behind which a continuation goes on in a range, which may be a part of the one that it comes from: after a
 * split, the server takes what it said of the whole for each part.
 *
 * @throws InvalidContinuation, IncarnationMismatch
 */
export function decodeContinuation(continuation: Continuation, range: FeedRange, incarnation: string): Place {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(continuation, 'base64url').toString('utf8'))
  } catch {
    throw new InvalidContinuation('it cannot be read')
  }
  const [of, min, max, etag, readTo] = Array.isArray(parts) ? parts : []
  const isRange = typeof of === 'string' && typeof min === 'string' && typeof max === 'string'
  if (!isRange || typeof etag !== 'string' || !Number.isSafeInteger(readTo) || readTo < 0) {
    throw new InvalidContinuation('it cannot be read')
  }
  if (of !== incarnation) throw new IncarnationMismatch('The continuation', incarnation, of)
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return { etag, readTo }
}
