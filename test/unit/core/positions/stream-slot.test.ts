import { assert, integer, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_RANGES } from '../../../../src/adapters/embedded/schema/events.ts'
import { containsHash } from '../../../../src/core/positions/hash-interval.ts'
import { feedRanges, hashOf, placeOf } from '../../../../src/core/positions/stream-slot.ts'

describe('the hash of a stream id', () => {
  // Tidemarks and slots are stored by it: these values hold for ever.
  it.each([
    ['a:1', '5429ECD6E79D2EB5'],
    ['meter:87000001:2020', '26B5706A42F00E1F'],
    ['zähler:1', '47723F7D5D602ADF'],
  ])('of %s is %s', (id, hash) => {
    expect(hashOf(id)).toBe(hash)
  })

  it('spreads ids like those of real streams evenly over slots', () => {
    const counts = new Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++) {
      const { slot } = placeOf(`meter:${87_000_000 + i}:2020`, 16)
      counts[slot] = (counts[slot] as number) + 1
    }
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })
})

describe('feed ranges', () => {
  it('cover the hash space without overlap', () => {
    assert(
      property(integer({ min: 1, max: MAX_RANGES }), (count) => {
        const ranges = feedRanges(count)
        expect(ranges).toHaveLength(count)
        expect(ranges[0]?.min).toBe('')
        expect(ranges.at(-1)?.max).toBe('FF')
        for (let i = 1; i < count; i++) {
          expect(ranges[i]?.min).toBe(ranges[i - 1]?.max)
          expect((ranges[i]?.min as string) < (ranges[i]?.max as string)).toBe(true)
        }
      }),
    )
  })

  it('hold the streams of their slot', () => {
    assert(
      property(string(), integer({ min: 1, max: MAX_RANGES }), (id, count) => {
        const { hash, slot } = placeOf(id, count)
        expect(feedRanges(count).findIndex((range) => containsHash(range, hash))).toBe(slot)
      }),
    )
  })
})
