import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createObserver } from '../../../../src/operations/sampler/observed-instances.ts'
import { createSkew } from '../../../../src/operations/sampler/skew.ts'
import { reportWith } from '../../../support/operations/reports.ts'

const start = Date.UTC(2026, 0, 1)

const reportAt = (t: number) => reportWith({ reportedAt: new Date(start + t).toISOString() })

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

  it('is unknown while a process starts, whose first report may take long to be saved', () => {
    const observe = createObserver()
    const skewOf = createSkew()
    skewOf(observe([], start, start))
    skewOf(observe([], start + 3_000, start + 3_000))
    expect(skewOf(observe([reportAt(500)], start + 4_000, start + 4_000))).toEqual({})
    skewOf(observe([reportAt(500)], start + 5_000, start + 5_000))
    expect(skewOf(observe([reportAt(5_500)], start + 6_000, start + 6_000))).toEqual({ 'api:1': 0 })
  })

  it('is found although one report in three takes long to be saved', () => {
    for (const ahead of [0, -60_000]) {
      const observe = createObserver()
      const skewOf = createSkew()
      for (let t = 0; t <= 60_000; t += 1_000) {
        const count = Math.floor(t / 5_000)
        const isSlow = count % 3 === 0 && t % 5_000 < 4_000
        const reported = Math.max(0, isSlow ? count - 1 : count) * 5_000
        const skew = skewOf(observe([reportAt(reported + ahead)], start + t, start + t))['api:1'] ?? 0
        if (t > 15_000) expect(Math.abs(skew - ahead)).toBeLessThanOrEqual(ahead === 0 ? 0 : 1_000)
      }
    }
  })

  it('follows a clock that is set', () => {
    const skew = skewAfter(30_000, 1_000, (t) => (t < 20_000 ? 0 : 90_000), 300) ?? 0
    expect(Math.abs(skew - 90_000)).toBeLessThanOrEqual(1_000)
  })
})
