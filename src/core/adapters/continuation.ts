import { IncarnationMismatch } from '../errors/feed.ts'
import { InvalidContinuation } from '../errors/input.ts'
import type { Continuation } from '../port/change-feed.ts'
import { containsInterval, type HashInterval } from '../positions/hash-interval.ts'

/** The last event at or below a place in the feed: it distinguishes the log from an older copy that has grown again. */
export type LastEvent = { readonly streamId: string; readonly version: number; readonly eventId: string }

/** The content of a continuation. */
export type ContinuationContent = {
  /** The incarnation of the log. */
  readonly incarnation: string
  readonly range: HashInterval
  /** The adapter's own text for the place. */
  readonly place: string
  /** The last event of the range that was read, or null if there was none, or none is known. */
  readonly last: LastEvent | null
}

// A continuation may be forged: this limits the cost of parsing it and of checking it with a storage. No id is longer.
const LONGEST = 16 * 1024
const LONGEST_ID = 1_023

// No text that an adapter produced before this codec existed begins like this.
const PREFIX = '2.'

/** Creates a continuation. */
export function encodeContinuation({ incarnation, range, place, last }: ContinuationContent): Continuation {
  const parts = [incarnation, range.min, range.max, place, last && [last.streamId, last.version, last.eventId]]
  return PREFIX + Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Whether this codec created a continuation; each adapter reads older ones itself. */
export const isEncodedContinuation = (continuation: string): boolean => continuation.startsWith(PREFIX)

/** @throws InvalidContinuation if a text exceeds the maximum length */
export function assertContinuationLength(continuation: string): void {
  if (continuation.length > LONGEST) throw new InvalidContinuation('it exceeds the maximum length')
}

/**
 * Reads a continuation for a range, which may be a part of the one that it comes from.
 *
 * @throws InvalidContinuation if it is invalid, or belongs to another range; IncarnationMismatch
 */
export function decodeContinuation(
  continuation: Continuation,
  range: HashInterval,
  incarnation: string,
): Pick<ContinuationContent, 'place' | 'last'> {
  const content = parse(continuation)
  if (content.incarnation !== incarnation) {
    throw new IncarnationMismatch('The continuation', incarnation, content.incarnation)
  }
  if (!containsInterval(content.range, range)) throw new InvalidContinuation('it belongs to another range')
  return content
}

function parse(continuation: Continuation): ContinuationContent {
  assertContinuationLength(continuation)
  let parts: unknown
  try {
    if (!isEncodedContinuation(continuation)) throw new SyntaxError('Not encoded')
    parts = JSON.parse(Buffer.from(continuation.slice(PREFIX.length), 'base64url').toString('utf8'))
  } catch {
    throw new InvalidContinuation('it is malformed')
  }
  const [incarnation, min, max, place, last] = Array.isArray(parts) ? parts : []
  if (![incarnation, min, max, place].every((part) => typeof part === 'string')) {
    throw new InvalidContinuation('it is malformed')
  }
  return { incarnation, range: { min, max }, place, last: toLast(last) }
}

function toLast(last: unknown): LastEvent | null {
  if (last === null) return null
  const [streamId, version, eventId] = Array.isArray(last) ? last : []
  if (!isId(streamId) || !Number.isSafeInteger(version) || version < 1 || !isId(eventId)) {
    throw new InvalidContinuation('it is malformed')
  }
  return { streamId, version, eventId }
}

const isId = (id: unknown): id is string => typeof id === 'string' && id.length <= LONGEST_ID && id.isWellFormed()
