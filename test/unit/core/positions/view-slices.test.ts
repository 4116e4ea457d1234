import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containsHash } from '../../../../src/core/positions/hash-interval.ts'
import { feedRanges, hashOf } from '../../../../src/core/positions/stream-slot.ts'
import {
  keyOfPart,
  mergedKeyFault,
  partKey,
  partKeys,
  sameSlices,
  slicesOf,
  type ViewSlices,
} from '../../../../src/core/positions/view-slices.ts'

const slicesFor = (ranges: number) => slicesOf(feedRanges(ranges)) as ViewSlices

describe('the slices of a projection version', () => {
  it('are none for one feed range, as many as there are, and 32 at most', () => {
    expect(slicesOf(feedRanges(1))).toBeUndefined()
    for (const [ranges, slices] of [
      [2, 2],
      [5, 5],
      [32, 32],
      [33, 32],
      [256, 32],
      [1_000, 32],
    ] as const) {
      expect(slicesFor(ranges)).toHaveLength(slices)
    }
  })

  it('begin at the bounds of ranges, so that no range lies in two, whoever gave them in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), fc.string(), (count, id) => {
        const ranges = feedRanges(count)
        const slices = slicesOf(ranges.toReversed()) as ViewSlices
        expect(slices).toEqual(slicesFor(count))
        expect(slices[0]).toBe('')
        expect(slices).toEqual([...new Set(slices)].sort())
        const hash = hashOf(id)
        const range = ranges.find((one) => containsHash(one, hash))
        expect(partKey('k', slices, hash)).toBe(partKey('k', slices, range?.min ?? ''))
      }),
    )
  })

  it('hold about as many ranges each', () => {
    const slices = slicesFor(100)
    const sizes = Map.groupBy(feedRanges(100), ({ min }) => partKey('k', slices, min))
    for (const ranges of sizes.values()) expect([3, 4]).toContain(ranges.length)
  })

  it('are the same only with the same bounds', () => {
    expect(sameSlices(undefined, undefined)).toBe(true)
    expect(sameSlices(['', '20'], ['', '20'])).toBe(true)
    for (const other of [undefined, [''], ['', '21'], ['', '20', '30']])
      expect(sameSlices(['', '20'], other)).toBe(false)
  })
})

describe('the key of a part', () => {
  it('is one of those of the view, and leads back to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.string({ minLength: 1 }), fc.string(), (count, key, id) => {
        fc.pre(mergedKeyFault(key) === undefined)
        const slices = slicesFor(count)
        const part = partKey(key, slices, hashOf(id))
        expect(partKeys(key, slices)).toContain(part)
        expect(new Set(partKeys(key, slices)).size).toBe(slices.length)
        expect(keyOfPart(part)).toBe(key)
      }),
    )
  })

  it('cannot be the key of another view', () => {
    for (const key of ['all~7', 'all~31', '~0', 'a~1~2', 'x'.repeat(198)])
      expect(mergedKeyFault(key), key).toBeDefined()
    for (const key of ['all', 'all~', 'all~x', 'all~123', '~7x', 'x'.repeat(197)]) {
      expect(mergedKeyFault(key), key).toBeUndefined()
    }
  })
})
