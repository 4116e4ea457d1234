import {
  decodeContinuation as decodeContent,
  encodeContinuation as encodeContent,
  isEncodedContinuation,
  type LastEvent,
} from '../../core/adapters/continuation.ts'
import { InvalidContinuation } from '../../core/errors/input.ts'
import type { Continuation, FeedRange } from '../../core/port/change-feed.ts'
import { containsInterval } from '../../core/positions/hash-interval.ts'

/** A place in a slot: everything up to the LSN was read. */
export type Place = {
  readonly lsn: number
  /** The last event of the slot at or below it, if one is known. */
  readonly last: LastEvent | null
}

/** The continuation after a place in a range. */
export const encodeContinuation = (range: FeedRange, incarnation: string, { lsn, last }: Place): Continuation =>
  encodeContent({ incarnation, range, place: String(lsn), last })

/** The place after which a continuation resumes in a range. @throws InvalidContinuation, IncarnationMismatch */
export function decodeContinuation(continuation: Continuation, range: FeedRange, incarnation: string): Place {
  if (!isEncodedContinuation(continuation)) return { lsn: decodeBare(continuation, range), last: null }
  const { place, last } = decodeContent(continuation, range, incarnation)
  return { lsn: toLsn(place), last }
}

// Older continuations contain an LSN and a range, but neither the log nor an event.
function decodeBare(continuation: string, range: FeedRange): number {
  const match = /^(\d{1,15})@([0-9A-F]*)-([0-9A-F]+)$/.exec(continuation)
  if (match === null) throw new InvalidContinuation('it is malformed')
  const [, lsn, min, max] = match as unknown as [string, string, string, string]
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return Number(lsn)
}

function toLsn(place: string): number {
  if (!/^\d{1,15}$/.test(place)) throw new InvalidContinuation('it is malformed')
  return Number(place)
}
