import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DURATION_BOUNDARIES } from '../../../../src/core/telemetry/durations.ts'
import { percentile } from '../../../../src/operations/history/percentile.ts'

const boundaries = DURATION_BOUNDARIES
const counts = fc.array(fc.nat(1_000), { minLength: boundaries.length + 1, maxLength: boundaries.length + 1 })
const buckets = counts.map((counts) => ({ boundaries, counts }))

const withOne = (bucket: number, count: number) => ({
  boundaries,
  counts: Array.from({ length: boundaries.length + 1 }, (_, i) => (i === bucket ? count : 0)),
})

describe('percentiles of buckets', () => {
  it('are unknown without durations', () => {
    expect(percentile(withOne(0, 0), 0.5)).toBeNull()
  })

  it('lie within the bucket that contains them', () => {
    const [lower, upper] = [boundaries[4], boundaries[5]] as [number, number]
    expect(percentile(withOne(5, 10), 0.5)).toBeCloseTo((lower + upper) / 2)
    expect(percentile(withOne(5, 10), 1)).toBe(upper)
  })

  it('are the last boundary for what is longer than all', () => {
    expect(percentile(withOne(boundaries.length, 3), 0.5)).toBe(boundaries.at(-1))
  })

  it('never fall as the share grows', () => {
    fc.assert(
      fc.property(buckets, (some) => {
        const all = [0.01, 0.5, 0.95, 0.99, 1].map((p) => percentile(some, p) ?? 0)
        expect(all).toEqual([...all].sort((a, b) => a - b))
      }),
    )
  })
})
