import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHistory, RINGS } from '../../../../src/operations/history/history.ts'

const MINUTE = 60_000
const start = Date.UTC(2026, 0, 1)

describe('the history of numbers', () => {
  it('returns the average and the maximum of each step, and null where nothing is known', () => {
    const history = createHistory()
    history.add(start, { ping: 1 })
    history.add(start + 500, { ping: 4 })
    history.add(start + 1_000, { ping: null })
    history.add(start + 2_000, { ping: 7 })
    expect(history.read('ping', start, 1)).toEqual({
      from: start,
      step: 1,
      average: [2.5, null, 7],
      maximum: [4, null, 7],
    })
  })

  it('has no gaps where values come as often as expected, and one where they stop', () => {
    const history = createHistory({ every: 2_000 })
    for (const t of [0, 2_100, 4_000, 7_000, 11_000]) history.add(start + t, { ping: t })
    expect(history.read('ping', start, 1).average).toEqual([
      0,
      2_100,
      2_100,
      4_000,
      4_000,
      7_000,
      7_000,
      7_000,
      null,
      null,
      null,
      11_000,
    ])
    const unknown = createHistory({ every: 2_000 })
    for (const [t, ping] of [
      [0, 1],
      [2_000, null],
      [4_000, 5],
    ] as const) {
      unknown.add(start + t, { ping })
    }
    expect(unknown.read('ping', start, 1).average).toEqual([1, null, null, 5, 5])
  })

  it('knows nothing of a series from before its first value, however soon after the others that came', () => {
    const history = createHistory()
    history.add(start, { ping: 1 })
    history.add(start + 1_000, { ping: 1 })
    history.add(start + 2_000, { ping: 1, folded: 0 })
    expect(history.read('folded', start, 1).average).toEqual([null, null, 0])
  })

  it('reads the finest ring that reaches back far enough and is not finer than asked for', () => {
    const history = createHistory()
    history.add(start, { ping: 1 })
    history.add(start + 10 * MINUTE, { ping: 2 })
    const now = start + 10 * MINUTE
    expect(history.read('ping', now - 9 * MINUTE, 1).step).toBe(1)
    expect(history.read('ping', now - 9 * MINUTE, 2).step).toBe(10)
    expect(history.read('ping', start, 1)).toMatchObject({ from: start, step: 10 })
    expect(history.read('ping', now - 7 * 60 * MINUTE, 1).step).toBe(60)
    expect(history.read('ping', 0, 1).average).toHaveLength(2_880)
  })

  it('has unknown values for a series that nobody added', () => {
    const history = createHistory()
    history.add(start, { ping: 1 })
    history.add(start + 1_000, { ping: 1 })
    expect(history.read('cpu', start, 1).average).toEqual([null, null])
    expect(history.names()).toEqual(['ping'])
  })

  it('drops what was recorded for later times when the clock is set back', () => {
    const history = createHistory()
    for (const second of [0, 1, 2, 3]) history.add(start + second * 1_000, { ping: second })
    history.add(start + 1_000, { ping: 9 })
    expect(history.read('ping', start, 1).average).toEqual([0, 9])
    history.add(start + 3_000, { ping: 5 })
    expect(history.read('ping', start, 1).average).toEqual([0, 9, null, 5])
  })

  it('adds up, as `other`, what has no room for a series of its own', () => {
    const history = createHistory({ most: 2 })
    history.add(start, { a: 1, b: 2, c: 3, d: 4 })
    expect(history.names()).toEqual(['a', 'b', 'other'])
    expect(history.read('other', start, 1).average).toEqual([7])
  })

  it('makes room for a new series once another one has been silent for six hours', () => {
    const history = createHistory({ most: 2 })
    history.add(start, { a: 1, b: 2 })
    history.add(start + 6 * 60 * MINUTE - 1, { b: 2, c: 3 })
    expect(history.names()).toEqual(['a', 'b', 'other'])
    history.add(start + 6 * 60 * MINUTE, { b: 2, c: 3 })
    expect(history.names()).toEqual(['b', 'other', 'c'])
  })

  it('loads the minutes that it saved, before or after it has begun anew', () => {
    const saving = createHistory()
    for (let minute = 0; minute < 120; minute++) saving.add(start + minute * MINUTE, { ping: minute, lag: null })
    const hours = [0, 60].map((first) => saving.save(start + first * MINUTE, start + (first + 60) * MINUTE))
    expect(hours.map(({ series }) => Object.keys(series))).toEqual([['ping'], ['ping']])

    const before = createHistory()
    for (const hour of hours) before.load(JSON.parse(JSON.stringify(hour)))
    before.add(start + 121 * MINUTE, { ping: 500 })
    const after = createHistory()
    after.add(start + 121 * MINUTE, { ping: 500 })
    for (const hour of hours) after.load(hour)

    const expected = [...Array.from({ length: 120 }, (_, minute) => minute), null, 500]
    expect(before.read('ping', start, 60).average).toEqual(expected)
    expect(after.read('ping', start, 60).average).toEqual(expected)
    expect(after.read('ping', start, 60).maximum).toEqual(expected)
  })

  it('agrees with a plain computation, whatever is added and when', () => {
    const step = fc.record({
      after: fc.integer({ min: 0, max: 900_000 }),
      value: fc.option(fc.integer({ min: -1_000, max: 1_000 })),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const history = createHistory({ every: 0 })
        const added: { readonly t: number; readonly value: number | null }[] = []
        let t = start
        for (const { after, value } of steps) {
          t += after
          history.add(t, { some: value })
          added.push({ t, value })
        }
        for (const { step, length } of RINGS) {
          const first = Math.floor(t / step) - length + 1
          const read = history.read('some', first * step, step / 1_000)
          expect(read.from).toBe(first * step)
          const known = Map.groupBy(
            added.filter(({ value }) => value !== null),
            (one) => Math.floor(one.t / step) - first,
          )
          const expected = (of: (values: number[]) => number) =>
            Array.from({ length }, (_, i) => {
              const values = known.get(i)?.map(({ value }) => value as number)
              return values === undefined ? null : Math.fround(of(values))
            })
          expect(read.average).toEqual(expected((values) => values.reduce((a, b) => a + b, 0) / values.length))
          expect(read.maximum).toEqual(expected((values) => Math.max(...values)))
        }
      }),
      { numRuns: 30 },
    )
  })
})

it('tells nothing of a series for the time before its first value', () => {
  const history = createHistory()
  for (let t = 0; t < 30_000; t += 1_000) history.add(t, { ping: 1, ...(t >= 20_000 && { appended: 5 }) })
  const { average } = history.read('appended', 0, 1)
  expect(average.slice(0, 20)).toEqual(Array(20).fill(null))
  expect(average.slice(20)).toEqual(Array(10).fill(5))
})
