import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeContinuation, encodeContinuation } from '../../../../../src/adapters/mongo/sequence/continuation.ts'
import { encodeContinuation as encodeContent } from '../../../../../src/core/adapters/continuation.ts'
import { IncarnationMismatch } from '../../../../../src/core/errors/feed.ts'
import { InvalidContinuation } from '../../../../../src/core/errors/input.ts'
import { feedRanges } from '../../../../../src/core/positions/stream-slot.ts'

const LOG = '6f1f9a52-0f0e-4f43-9a51-0b7c2b1d5e10'

const lsn = fc.nat({ max: 2 ** 40 })
const event = fc.record({ streamId: fc.string(), version: fc.integer({ min: 1 }), eventId: fc.string(), lsn })
const placed = fc.record({ lsn, last: fc.option(event) })

describe('a continuation', () => {
  it('goes on where it came from, also in a part of its range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.nat(), placed, (slots, index, place) => {
        const ranges = feedRanges(slots)
        const range = ranges[index % slots] as (typeof ranges)[number]
        const continuation = encodeContinuation(range, LOG, place)
        expect(decodeContinuation(continuation, range, LOG)).toEqual(place)
        expect(decodeContinuation(continuation, { min: range.min, max: `${range.min}0` }, LOG)).toEqual(place)
      }),
    )
  })

  it('of an older release, which names no event, is still read', () => {
    const [first, second] = feedRanges(2) as [{ min: string; max: string }, { min: string; max: string }]
    const older = `7@${first.min}-${first.max}@${LOG}`
    expect(decodeContinuation(older, first, LOG)).toEqual({ lsn: 7, last: null })
    expect(() => decodeContinuation(older, second, LOG)).toThrow(InvalidContinuation)
    expect(() => decodeContinuation(older, first, LOG.replace('6', '7'))).toThrow(IncarnationMismatch)
  })

  it('is refused for another range, another log, and when it is none', () => {
    const [first, second] = feedRanges(2) as [{ min: string; max: string }, { min: string; max: string }]
    const last = { streamId: 'a:1', version: 2, eventId: 'x', lsn: 4 }
    const continuation = encodeContinuation(first, LOG, { lsn: 5, last })
    expect(() => decodeContinuation(continuation, second, LOG)).toThrow(InvalidContinuation)
    expect(() => decodeContinuation(continuation, first, LOG.replace('6', '7'))).toThrow(IncarnationMismatch)
    const { streamId, version, eventId } = last
    const texts = ['', '5', '5 x', '-1 4', '5 4 3'].map((place) =>
      encodeContent({ incarnation: LOG, range: first, place, last: { streamId, version, eventId } }),
    )
    for (const none of ['', '5', 'start', `5@${LOG}`, `x${continuation}`, ...texts]) {
      expect(() => decodeContinuation(none, first, LOG)).toThrow(InvalidContinuation)
    }
  })
})
