import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createObserver } from '../../../../src/operations/sampler/observed-instances.ts'
import { createSkew } from '../../../../src/operations/sampler/skew.ts'
import { reportWith } from '../../../support/operations/reports.ts'

const start = Date.UTC(2026, 0, 1)

/** The skew after reports every 5 s by a clock that is ahead by `ahead(t)`, read every `every` milliseconds. */
function skewAfter(milliseconds: number, every: number, ahead: (t: number) => number, phase = 0) {
  const observe = createObserver()
  const skewOf = createSkew()
  let skew: { readonly [instance: string]: number } = {}
  for (let t = 0; t <= milliseconds; t += every) {
    const reported = Math.floor((t - phase) / 5_000) * 5_000 + phase
    const reportedAt = new Date(start + reported + ahead(reported)).toISOString()
    skew = skewOf(observe([reportWith({ reportedAt })], start + t, start + t))
  }
  return skew['api:1']
}

describe('the skew of clocks', () => {
  it('is unknown until a process has reported again', () => {
    expect(skewAfter(4_000, 1_000, () => 0)).toBeUndefined()
    expect(skewAfter(5_000, 1_000, () => 0)).toBe(0)
  })

  it('is none for clocks that agree, however late reports are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 10_000 }), fc.integer({ min: 0, max: 4_999 }), (every, phase) => {
        expect(skewAfter(60_000, every, () => 0, phase)).toBe(0)
      }),
    )
  })

  it('is found to within the time between two readings', () => {
    for (const ahead of [60_000, -60_000]) {
      const skew = skewAfter(60_000, 1_000, () => ahead, 300) ?? 0
      expect(Math.abs(skew - ahead)).toBeLessThanOrEqual(1_000)
    }
  })

  it('follows a clock that is set', () => {
    const skew = skewAfter(30_000, 1_000, (t) => (t < 20_000 ? 0 : 90_000), 300) ?? 0
    expect(Math.abs(skew - 90_000)).toBeLessThanOrEqual(1_000)
  })
})
