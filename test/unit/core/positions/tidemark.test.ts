import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  containsHash,
  containsInterval,
  fullInterval,
  type HashInterval,
  sameInterval,
} from '../../../../src/core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../../../src/core/positions/position.ts'
import { advance, hasFolded, tidemarkAt } from '../../../../src/core/positions/tidemark.ts'

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

// How tidemarks were looked up and moved at first, each against all others: what the quick ways must agree with.
function slowTidemarkAt(tidemarks: readonly Tidemark[], hash: string): Tidemark | undefined {
  let found: Tidemark | undefined
  for (const mark of tidemarks) {
    if (containsHash(mark, hash) && (found === undefined || comparePositions(mark, found) > 0)) found = mark
  }
  return found
}

function slowAdvance(tidemarks: readonly Tidemark[], range: HashInterval, place: Position): Tidemark[] {
  const moved: Tidemark = { min: range.min, max: range.max, ...place }
  const others = tidemarks.filter((mark) => !sameInterval(mark, range))
  const all = [...others, moved].sort((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : 1))
  const isOvertaken = (mark: Tidemark) => {
    let reached = mark.min
    for (const finer of all) {
      if (finer === mark || sameInterval(finer, mark) || !containsInterval(mark, finer)) continue
      if (comparePositions(finer, mark) < 0 || finer.min > reached) continue
      if (finer.max > reached) reached = finer.max
    }
    return reached >= mark.max
  }
  return all.filter((mark) => !isOvertaken(mark))
}

describe('the quick ways with tidemarks', () => {
  const bound = fc.constantFrom('', '08', '0C', '10', '18', '20', '28', '30', '38', '3C', 'FF')
  const interval = fc
    .tuple(bound, bound)
    .filter(([min, max]) => min < max)
    .map(([min, max]): HashInterval => ({ min, max }))
  // Any intervals at all, also some that overlap, in any order: also what other hands wrote must be read right.
  const marks = fc
    .uniqueArray(fc.tuple(interval, position), { maxLength: 30, selector: ([{ min, max }]) => `${min}-${max}` })
    .map((all) => all.map(([range, place]): Tidemark => ({ ...range, ...place })))
  const inOrder = (all: readonly Tidemark[]) =>
    all.toSorted((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : 1))
  const hash = fc.constantFrom('00', '08', '0A', '0C', '0F', '10', '1F', '27', '30', '3B', '3F')

  it('find what looking at each finds', () => {
    fc.assert(
      fc.property(marks, hash, fc.boolean(), (given, at, isSorted) => {
        const all = isSorted ? inOrder(given) : given
        for (let i = 0; i < 2; i++) expect(tidemarkAt(all, at)).toBe(slowTidemarkAt(all, at))
      }),
      { numRuns: 1_000 },
    )
  })

  it('move to what comparing each with all gives', () => {
    fc.assert(
      fc.property(marks, interval, position, fc.boolean(), (given, range, place, isSorted) => {
        const all = isSorted ? inOrder(given) : given
        const before = structuredClone(all)
        expect(advance(all, range, place)).toEqual(slowAdvance(all, range, place))
        expect(all).toEqual(before)
      }),
      { numRuns: 1_000 },
    )
  })

  it('come to the same through whole histories of cuts', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { folded } = play(history)
        let [quick, slow]: [Tidemark[], Tidemark[]] = [[], []]
        for (const { range, position: place } of folded) {
          quick = advance(quick, range, place)
          slow = slowAdvance(slow, range, place)
          expect(quick).toEqual(slow)
        }
      }),
    )
  })

  it('keep the mark of the event', () => {
    const range = { min: '', max: '20' }
    const [mark] = advance([], range, { lsn: 1, hash: '0A', version: 1, event: 'CAFE0123' })
    expect(mark).toEqual({ ...range, lsn: 1, hash: '0A', version: 1, event: 'CAFE0123' })
  })

  it('look at a few marks for each event, and at each mark once or twice to move one of many', () => {
    const count = 2_048
    const edges = Array.from({ length: count + 1 }, (_, i) =>
      i === 0 ? '' : i === count ? 'FF' : i.toString(16).padStart(4, '0').toUpperCase(),
    )
    let looks = 0
    const many = edges.slice(0, -1).map(
      (min, i): Tidemark => ({
        get min() {
          looks++
          return min
        },
        max: edges[i + 1] as string,
        lsn: 5,
        hash: '00',
        version: 1,
      }),
    )
    advance(many, { min: edges[1000] as string, max: edges[1001] as string }, { lsn: 6, hash: '03E8', version: 1 })
    expect(looks).toBeLessThan(12 * count)
    tidemarkAt(many, '0400')
    looks = 0
    for (let i = 0; i < 100; i++) tidemarkAt(many, edges[i * 20 + 1] as string)
    expect(looks).toBeLessThan(100 * 20)
  })
})
