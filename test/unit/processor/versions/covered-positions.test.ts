import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LeaseDocument, leaseId } from '../../../../src/core/port/lease-store.ts'
import { containsHash } from '../../../../src/core/positions/hash-interval.ts'
import { haveReached, reachedIn } from '../../../../src/processor/versions/covered-positions.ts'

const BOUNDS = ['', '20', '40', '60', '80', 'A0', 'C0', 'FF']

const interval = fc
  .tuple(fc.nat(BOUNDS.length - 2), fc.nat(BOUNDS.length - 2))
  .map(([a, b]) => ({ min: BOUNDS[Math.min(a, b)] as string, max: BOUNDS[Math.max(a, b) + 1] as string }))

const lease = (range: { min: string; max: string }, readTo: number, incarnation = 'now'): LeaseDocument => ({
  id: leaseId('p', 1, range),
  projection: 'p',
  version: 1,
  range,
  owner: null,
  expiresAt: 0,
  continuation: null,
  readTo,
  incarnation,
})

const leases = fc.array(fc.tuple(interval, fc.nat(9)).map(([range, readTo]) => lease(range, readTo)))

describe('what was reached in an interval', () => {
  it('is the least over its places of the furthest lease that holds there', () => {
    fc.assert(
      fc.property(interval, leases, (range, all) => {
        // Between two neighbouring bounds, every place is like the lower one.
        const places = BOUNDS.filter((place) => containsHash(range, place))
        const at = (place: string) =>
          Math.max(0, ...all.filter((one) => containsHash(one.range, place)).map(({ readTo }) => readTo))
        expect(reachedIn(range, all)).toBe(Math.min(...places.map(at)))
      }),
      { numRuns: 500 },
    )
  })

  it('counts parts of a cut range, the whole, and nothing of another life of the log', () => {
    const whole = { min: '', max: 'FF' }
    const parts = [lease({ min: '', max: '80' }, 7), lease({ min: '80', max: 'FF' }, 5)]
    expect(haveReached(parts, [{ range: whole, lsn: 5 }], 'now')).toBe(true)
    expect(haveReached(parts, [{ range: whole, lsn: 6 }], 'now')).toBe(false)
    expect(haveReached([...parts, lease(whole, 6)], [{ range: whole, lsn: 6 }], 'now')).toBe(true)
    expect(haveReached([lease(whole, 9, 'before')], [{ range: whole, lsn: 1 }], 'now')).toBe(false)
    expect(haveReached([], [{ range: whole, lsn: 0 }], 'now')).toBe(true)
  })
})
