import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containsHash, fullInterval, type HashInterval } from '../../../src/core/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../../src/core/position.ts'
import { advance, hasFolded, tidemarkAt } from '../../../src/core/tidemark.ts'

const position = fc.record({
  lsn: fc.nat({ max: 5 }),
  hash: fc.constantFrom('00', '0A', '3F'),
  version: fc.integer({ min: 1, max: 4 }),
})

describe('comparePositions', () => {
  it('is a total order: LSN, then hash, then version', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        expect(Math.sign(comparePositions(a, b))).toBe(-Math.sign(comparePositions(b, a)) + 0)
        if (comparePositions(a, b) <= 0 && comparePositions(b, c) <= 0)
          expect(comparePositions(a, c)).toBeLessThanOrEqual(0)
        if (a.lsn < b.lsn) expect(comparePositions(a, b)).toBeLessThan(0)
      }),
    )
  })
})

// A history: ranges are cut, and events are folded, each under the range of its time, with growing LSNs.
type Step = { readonly cut: boolean; readonly pick: number; readonly hash: number }
const steps = fc.array(fc.record({ cut: fc.boolean(), pick: fc.nat(), hash: fc.nat({ max: 63 }) }), { maxLength: 60 })

const hex = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')
const low = ({ min }: HashInterval) => (min === '' ? 0 : Number.parseInt(min, 16))
const high = ({ max }: HashInterval) => (max === 'FF' ? 64 : Number.parseInt(max, 16))

function play(history: readonly Step[]) {
  let ranges: HashInterval[] = [fullInterval]
  let marks: Tidemark[] = []
  const folded: { readonly range: HashInterval; readonly position: Position }[] = []
  for (const [i, { cut, pick, hash }] of history.entries()) {
    const range = ranges[pick % ranges.length] as HashInterval
    const middle = hex(Math.floor((low(range) + high(range)) / 2))
    if (cut && high(range) - low(range) > 1) {
      ranges = ranges.flatMap((one) =>
        one === range
          ? [
              { min: one.min, max: middle },
              { min: middle, max: one.max },
            ]
          : [one],
      )
    } else {
      const place = { lsn: i + 1, hash: hex(low(range) + (hash % (high(range) - low(range)))), version: 1 }
      folded.push({ range, position: place })
      marks = advance(marks, range, place)
    }
  }
  return { ranges, marks, folded }
}

describe('tidemarks', () => {
  it('say at every place what all foldings together say', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { marks, folded } = play(history)
        for (let value = 0; value < 64; value++) {
          const hash = hex(value)
          const last = folded.findLast(({ range }) => containsHash(range, hash))
          expect(tidemarkAt(marks, hash)?.lsn).toBe(last?.position.lsn)
          for (const lsn of [1, 7, 30]) {
            expect(hasFolded(marks, { lsn, hash, version: 1 })).toBe(
              last !== undefined && comparePositions(last.position, { lsn, hash, version: 1 }) >= 0,
            )
          }
        }
      }),
    )
  })

  it('are dropped once finer ones have overtaken them', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { ranges, marks, folded } = play(history)
        const all = ranges.reduce(
          (so, range, i) => advance(so, range, { lsn: folded.length + 100 + i, hash: hex(low(range)), version: 1 }),
          marks,
        )
        expect(all.map(({ min, max }) => ({ min, max }))).toEqual(ranges.map(({ min, max }) => ({ min, max })))
      }),
    )
  })

  it('of one range move on, and leave those that were given alone', () => {
    const range = { min: '', max: '20' }
    const first = advance([], range, { lsn: 1, hash: '0A', version: 1 })
    const second = advance(first, range, { lsn: 1, hash: '0A', version: 2 })
    expect(first).toEqual([{ ...range, lsn: 1, hash: '0A', version: 1 }])
    expect(second).toEqual([{ ...range, lsn: 1, hash: '0A', version: 2 }])
  })

  it('of one range say nothing about another: an event at a lower LSN there is not folded', () => {
    const marks = advance([], { min: '', max: '20' }, { lsn: 50, hash: '0A', version: 1 })
    expect(hasFolded(marks, { lsn: 1, hash: '30', version: 1 })).toBe(false)
  })
})
