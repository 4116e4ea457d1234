import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, percentile, ratioOf, summarise } from '../../../bench/support/statistics.ts'

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
  })

  it('has as many values below it as above, and does not reorder what it was given', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const before = [...values]
        const middle = median(values)
        expect(values).toEqual(before)
        const half = values.length / 2
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(half)
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(half)
      }),
    )
  })

  it('refuses nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('percentile', () => {
  it('is the nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(percentile(values, 0.5)).toBe(50)
    expect(percentile(values, 0.99)).toBe(99)
    expect(percentile(values, 1)).toBe(100)
    expect(percentile([5], 0.01)).toBe(5)
  })

  it('is a value that occurred, not exceeded by the share that was asked for', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const found = percentile(values, share)
        expect(values).toContain(found)
        const within = values.filter((value) => value <= found).length
        expect(within).toBeGreaterThanOrEqual(share * values.length - 1e-9)
      }),
    )
  })

  it('refuses nothing', () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError)
  })
})

describe('summarise and ratioOf', () => {
  it('tell the median and how far the repetitions lay apart', () => {
    expect(summarise([2, 9, 4])).toEqual({ median: 4, low: 2, high: 9 })
  })

  it('compare each repetition with its neighbour, so that a slow moment of the machine cancels out', () => {
    expect(ratioOf([100, 10, 100], [50, 5, 50])).toEqual({ median: 2, low: 2, high: 2 })
  })

  it('refuse sides of different length', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow(RangeError)
    expect(() => ratioOf([], [])).toThrow(RangeError)
  })
})
