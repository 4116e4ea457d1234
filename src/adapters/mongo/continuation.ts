import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { InvalidContinuation } from '../../core/errors/input.ts'
import { containsInterval } from '../../core/hash-interval.ts'
import type { Continuation, FeedRange } from '../../core/port/change-feed.ts'

/** The continuation behind an LSN of a range, in one life of the log. */
export const encodeContinuation = ({ min, max }: FeedRange, lsn: number, incarnation: string): Continuation =>
  `${lsn}@${min}-${max}@${incarnation}`

/**
 * The LSN behind which a continuation goes on in a range.
 *
 * @throws InvalidContinuation, IncarnationMismatch
 */
export function decodeContinuation(continuation: Continuation, range: FeedRange, incarnation: string): number {
  const match = /^(\d{1,15})@([0-9A-F]*)-([0-9A-F]+)@([0-9a-f-]+)$/.exec(continuation)
  if (match === null) throw new InvalidContinuation('it cannot be read')
  const [, lsn, min, max, of] = match as unknown as [string, string, string, string, string]
  if (of !== incarnation) throw new IncarnationMismatch('A continuation', incarnation, of)
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return Number(lsn)
}
