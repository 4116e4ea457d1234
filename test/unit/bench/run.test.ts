import { describe, expect, it } from 'vitest'
import { interleave } from '../../../bench/support/interleave.ts'
import type { BenchContext, Measure, Row } from '../../../bench/support/measure.ts'
import { budgetOf, unlimited } from '../../../bench/support/runner/budget.ts'
import { runMeasures } from '../../../bench/support/runner/run.ts'

const context: BenchContext = {
  quick: true,
  repetitions: 5,
  until: Number.POSITIVE_INFINITY,
  folder: '',
  emmett: null,
  mongodb: async () => '',
  progress: () => {},
}
const figure = (id: string, value: number): Row => ({
  id,
  label: id,
  value,
  unit: 'x',
  aim: { atLeast: 1 },
  spread: null,
})

/** A measure that gives these rows, run by run. */
function measureOf(id: string, ...runs: readonly (readonly Row[])[]): Measure & { readonly count: () => number } {
  let count = 0
  return { id, title: id, count: () => count, run: async () => runs[count++] ?? [] }
}

const full = { quick: false, budget: unlimited }
const run = (...measures: readonly Measure[]) =>
  runMeasures(measures, full, (_, until, work) => work({ ...context, until }))

describe('runMeasures', () => {
  it('measures once where every aim is reached', async () => {
    const measure = measureOf('a', [figure('a', 1.2)])
    const { rows } = await run(measure)
    expect(measure.count()).toBe(1)
    expect(rows).toEqual([figure('a', 1.2)])
  })

  it('reports the second figure of a row that missed, and keeps those that did not', async () => {
    const measure = measureOf(
      'a',
      [figure('hit', 1.5), figure('missed', 0.5)],
      [figure('hit', 9), figure('missed', 1.1)],
    )
    const { rows } = await run(measure)
    expect(measure.count()).toBe(2)
    expect(rows[0]).toEqual(figure('hit', 1.5))
    expect(rows[1]).toMatchObject({ value: 1.1, note: expect.stringContaining('the first was 0.5') })
  })

  it('reports the second figure also when it is the worse one', async () => {
    const { rows } = await run(measureOf('a', [figure('missed', 0.9)], [figure('missed', 0.2)]))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ value: 0.2, note: expect.stringContaining('the first was 0.9') })
  })

  it('begins a measure that broke off once more, and says so', async () => {
    const said: string[] = []
    let runs = 0
    const shaky: Measure = {
      id: 'shaky',
      title: '',
      async run() {
        if (++runs === 1) throw new Error('the peer crashed')
        return [figure('shaky', 3)]
      },
    }
    const result = await runMeasures([shaky], full, (_, until, work) =>
      work({ ...context, until, progress: (text) => said.push(text) }),
    )
    expect(result).toEqual({ rows: [figure('shaky', 3)], broken: [], late: [] })
    expect(said.join()).toContain('the peer crashed')
  })

  it('goes on after a measure that breaks off twice, and tells of it', async () => {
    const error = new Error('no disk left')
    const broken: Measure = { id: 'broken', title: '', run: () => Promise.reject(error) }
    const result = await run(broken, measureOf('b', [figure('b', 2)]))
    expect(result.rows).toEqual([figure('b', 2)])
    expect(result.broken).toEqual([{ measure: broken, error }])
  })
})

describe('a quick run', () => {
  it('measures each row once, and leaves out what no time is left for', async () => {
    let now = 0
    const untils: number[] = []
    const slow = (id: string): Measure => ({
      id,
      title: id,
      async run({ until }) {
        untils.push(until)
        now += 30
        return [figure(id, 0.1)]
      },
    })
    const measures = ['a', 'b', 'c', 'd'].map(slow)
    const quick = { quick: true, budget: budgetOf(80, measures.length, () => now) }
    const { rows, late } = await runMeasures(measures, quick, (_, until, work) => work({ ...context, until }))
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(late).toEqual([measures[3]])
    // A quarter of the time, then a third and a half of what is left.
    expect(untils).toEqual([20, 30 + 50 / 3, 70])
  })
})

describe('interleave', () => {
  it('begins no round when the time is up, but makes one that counts', async () => {
    expect(await interleave(5, { a: async (round) => round }, performance.now())).toEqual({ a: [1] })
  })

  it('takes the sides in turns and throws the first round away', async () => {
    const order: string[] = []
    const side = (name: string) => async (round: number) => {
      order.push(`${name}${round}`)
      return round * 10
    }
    const answers = await interleave(2, { a: side('a'), b: side('b') })
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
    expect(answers).toEqual({ a: [10, 20], b: [10, 20] })
  })
})
