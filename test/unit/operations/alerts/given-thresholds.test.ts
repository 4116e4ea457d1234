import { expect, it } from 'vitest'
import { thresholdsWith } from '../../../../src/operations/alerts/given-thresholds.ts'
import { DEFAULT_THRESHOLDS } from '../../../../src/operations/alerts/thresholds.ts'

it('thresholds that are not given have their defaults, also within a group', () => {
  expect(thresholdsWith()).toEqual(DEFAULT_THRESHOLDS)
  expect(thresholdsWith({ lag: { warning: 120_000 }, failedPings: 5 })).toEqual({
    ...DEFAULT_THRESHOLDS,
    lag: { ...DEFAULT_THRESHOLDS.lag, warning: 120_000 },
    failedPings: 5,
  })
})

it.each([
  [{ lagg: {} }, 'thresholds'],
  [{ constructor: 1 }, 'thresholds'],
  [{ lag: { warn: 1 } }, 'thresholds.lag'],
  [{ lag: 5 }, 'thresholds.lag'],
  [{ lag: { warning: '5' } }, 'thresholds.lag.warning'],
  [{ lag: { warning: Number.NaN } }, 'thresholds.lag.warning'],
  [{ failedPings: 0 }, 'thresholds.failedPings'],
  [{ failedPings: { a: 1 } }, 'thresholds.failedPings'],
  [{ lag: { warning: 20_000 } }, 'thresholds.lag'],
  [{ lag: { warning: 700_000 } }, 'thresholds.lag'],
  [{ skew: { warning: 0.5 } }, 'thresholds.skew'],
  [{ disk: { critical: 0.2 } }, 'thresholds.disk'],
  [[], 'thresholds'],
  [null, 'thresholds'],
])('%j is refused with InvalidOption naming %s', (given, option) => {
  expect(() => thresholdsWith(given as never)).toThrow(expect.objectContaining({ code: 'InvalidOption', option }))
})
