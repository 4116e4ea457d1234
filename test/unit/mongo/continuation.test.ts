import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeContinuation, encodeContinuation } from '../../../src/adapters/mongo/continuation.ts'
import { IncarnationMismatch } from '../../../src/core/errors/feed.ts'
import { InvalidContinuation } from '../../../src/core/errors/input.ts'
import { feedRanges } from '../../../src/core/stream-place.ts'

const LOG = '6f1f9a52-0f0e-4f43-9a51-0b7c2b1d5e10'

describe('a continuation', () => {
  it('goes on where it came from, also in a part of its range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.nat(), fc.nat({ max: 2 ** 40 }), (slots, index, lsn) => {
        const ranges = feedRanges(slots)
        const range = ranges[index % slots] as (typeof ranges)[number]
        const continuation = encodeContinuation(range, lsn, LOG)
        expect(decodeContinuation(continuation, range, LOG)).toBe(lsn)
        expect(decodeContinuation(continuation, { min: range.min, max: `${range.min}0` }, LOG)).toBe(lsn)
      }),
    )
  })

  it('is refused for another range, another log, and when it is none', () => {
    const [first, second] = feedRanges(2) as [{ min: string; max: string }, { min: string; max: string }]
    const continuation = encodeContinuation(first, 5, LOG)
    expect(() => decodeContinuation(continuation, second, LOG)).toThrow(InvalidContinuation)
    expect(() => decodeContinuation(continuation, first, LOG.replace('6', '7'))).toThrow(IncarnationMismatch)
    for (const none of ['', '5', 'start', `5@${LOG}`, `x${continuation}`, `${continuation} `]) {
      expect(() => decodeContinuation(none, first, LOG)).toThrow(InvalidContinuation)
    }
  })
})
