import { InvalidContinuation } from '../../core/errors/input.ts'
import { containsInterval } from '../../core/hash-interval.ts'
import type { Continuation, FeedRange } from '../../core/port/change-feed.ts'

/** The continuation behind an LSN of a range. */
export const encodeContinuation = ({ min, max }: FeedRange, lsn: number): Continuation => `${lsn}@${min}-${max}`

/** The LSN behind which a continuation goes on in a range. @throws InvalidContinuation */
export function decodeContinuation(continuation: Continuation, range: FeedRange): number {
  const match = /^(\d{1,15})@([0-9A-F]*)-([0-9A-F]+)$/.exec(continuation)
  if (match === null) throw new InvalidContinuation('it cannot be read')
  const [, lsn, min, max] = match as unknown as [string, string, string, string]
  if (!containsInterval({ min, max }, range)) throw new InvalidContinuation('it belongs to another range')
  return Number(lsn)
}
