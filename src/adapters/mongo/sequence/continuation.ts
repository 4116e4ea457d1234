import {
  decodeContinuation as decodeContent,
  encodeContinuation as encodeContent,
  isEncodedContinuation,
  type LastEvent,
} from '../../../core/adapters/continuation.ts'
import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import { InvalidContinuation } from '../../../core/errors/input.ts'
import type { Continuation, FeedRange } from '../../../core/port/change-feed.ts'
import { containsInterval } from '../../../core/positions/hash-interval.ts'

/** An event with the LSN that it was read with: a restored log may assign it another one. */
export type PlacedEvent = LastEvent & { readonly lsn: number }

/** A place in a slot: everything up to the LSN was read. */
export type Place = {
  readonly lsn: number
  /** The last event that was read up to there, if one is known. */
  readonly last: PlacedEvent | null
}

/** The continuation after a place in a range, in one incarnation of the log. */
export const encodeContinuation = (range: FeedRange, incarnation: string, { lsn, last }: Place): Continuation =>
  encodeContent({ incarnation, range, place: last === null ? `${lsn}` : `${lsn} ${last.lsn}`, last })

/** The place after which a continuation resumes in a range. @throws InvalidContinuation, IncarnationMismatch */
export function decodeContinuation(continuation: Continuation, range: FeedRange, incarnation: string): Place {
  if (!isEncodedContinuation(continuation)) return { lsn: decodeBare(continuation, range, incarnation), last: null }
  const { place, last } = decodeContent(continuation, range, incarnation)
  return toPlace(place, last)
}

/** Parses the place from a text and an event. @throws InvalidContinuation */
export function toPlace(text: string, event: LastEvent | null): Place {
  const [, lsn, lastLsn] = /^(\d{1,15})(?: (\d{1,15}))?$/.exec(text) ?? []
  if (lsn === undefined || (event === null) !== (lastLsn === undefined)) {
    throw new InvalidContinuation('it is malformed')
  }
  return { lsn: Number(lsn), last: event && { ...event, lsn: Number(lastLsn) } }
}

// Older continuations name no event.
function decodeBare(continuation: string, range: FeedRange, incarnation: string): number {
  const match = /^(\d{1,15})@([0-9A-F]*)-([0-9A-F]+)@([0-9a-f-]+)$/.exec(continuation)
  if (match === null) throw new InvalidContinuation('it is malformed')
  const [, lsn, min, max, of] = match as unknown as [string, string, string, string, string]
  if (of !== incarnation) throw new IncarnationMismatch('A continuation', incarnation, of)
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return Number(lsn)
}
