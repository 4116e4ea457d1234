import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePositions, type Tidemark } from '../../../../src/core/positions/position.ts'
import { tidemarkAt } from '../../../../src/core/positions/tidemark.ts'
import { compareVectors, type VectorOrder, versionVector } from '../../../../src/messaging/cache/version-vector.ts'
import { tidemarks } from './vectors.ts'

/** The order by its definition: at every place of the hash space, the furthest tidemark that covers it. */
function orderAt(places: readonly string[], a: readonly Tidemark[], b: readonly Tidemark[]): VectorOrder {
  const signs = places.map((place) => {
    const [mine, other] = [tidemarkAt(a, place), tidemarkAt(b, place)]
    if (mine && other) return Math.sign(comparePositions(mine, other))
    return mine ? 1 : other ? -1 : 0
  })
  const [ahead, behind] = [signs.includes(1), signs.includes(-1)]
  return ahead && behind ? 'concurrent' : ahead ? 'after' : behind ? 'before' : 'equal'
}

const PLACES = ['00', '10', '20', '30', '40', '60', '80', 'A0', 'F0']
const mark = (min: string, max: string, lsn: number, version = 1): Tidemark => ({
  min,
  max,
  lsn,
  hash: `${(min || '00').padEnd(2, '0')}00`,
  version,
})

describe('the version vector of a view', () => {
  it('orders states as their tidemarks do at every place of the hash space', () => {
    const seen = new Set<VectorOrder>()
    fc.assert(
      fc.property(tidemarks, tidemarks, (a, b) => {
        const order = compareVectors(versionVector(a), versionVector(b))
        seen.add(order)
        expect(order).toBe(orderAt(PLACES, a, b))
      }),
      { numRuns: 500 },
    )
    expect([...seen].sort()).toEqual(['after', 'before', 'concurrent', 'equal'])
  })

  it('compares an LSN as a number, then the version', () => {
    const of = (lsn: number, version: number) => versionVector([mark('', 'FF', lsn, version)])
    expect(compareVectors(of(10, 1), of(9, 12))).toBe('after')
    expect(compareVectors(of(2 ** 53 - 1, 1), of(2 ** 31, 1))).toBe('after')
    expect(compareVectors(of(9, 2), of(9, 10))).toBe('before')
  })

  it('is the same for a range and for its two halves at the same position', () => {
    const at = { lsn: 7, hash: '1000', version: 3 }
    const whole = versionVector([{ min: '', max: 'FF', ...at }])
    const halves = versionVector([
      { min: '', max: '40', ...at },
      { min: '40', max: 'FF', ...at },
    ])
    expect(halves).toBe(whole)
  })

  it('is behind everything for a view without tidemarks', () => {
    expect(compareVectors(versionVector([]), versionVector([mark('40', '80', 1)]))).toBe('before')
    expect(compareVectors(versionVector([]), versionVector([]))).toBe('equal')
  })
})
