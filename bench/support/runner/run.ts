import { type BenchContext, type Measure, type Row, reaches } from '../measure.ts'
import type { Budget } from './budget.ts'

/** What a run of the benchmarks found. */
export type RunResult = {
  readonly rows: readonly Row[]
  /** Measures that broke off, with what they threw. */
  readonly broken: readonly { readonly measure: Measure; readonly error: unknown }[]
  /** Measures for which no time was left. */
  readonly late: readonly Measure[]
}

/** Gives a run of a measure a context of its own and frees it afterwards. @param until see {@link BenchContext} */
export type InContext = (
  measure: Measure,
  until: number,
  work: (context: BenchContext) => Promise<readonly Row[]>,
) => Promise<readonly Row[]>

/**
 * Runs measures one after another. Unless the run is quick, a row that misses its aim is measured once more, with its
 * whole measure, and the second figure is the one that is reported, whether it is better or worse; its note tells the
 * first one. A measure that breaks off is begun once more in any run, and loudly: the peers do crash.
 */
export async function runMeasures(
  measures: readonly Measure[],
  { quick, budget }: { readonly quick: boolean; readonly budget: Budget },
  inContext: InContext,
): Promise<RunResult> {
  const rows: Row[] = []
  const broken: RunResult['broken'][number][] = []
  const late: Measure[] = []
  for (const measure of measures) {
    const until = budget.next()
    if (until === undefined) {
      late.push(measure)
      continue
    }
    const run = (work: (context: BenchContext) => Promise<readonly Row[]>) => inContext(measure, until, work)
    try {
      const first = await firstRun(measure, run)
      rows.push(...(quick || first.every(reaches) ? first : await remeasure(measure, first, run)))
    } catch (error) {
      broken.push({ measure, error })
    }
  }
  return { rows, broken, late }
}

type Run = (work: (context: BenchContext) => Promise<readonly Row[]>) => Promise<readonly Row[]>

async function firstRun(measure: Measure, run: Run): Promise<readonly Row[]> {
  try {
    return await run((context) => measure.run(context))
  } catch (error) {
    return run((context) => {
      context.progress(`it broke off and is begun once more: ${error instanceof Error ? error.stack : error}`)
      return measure.run(context)
    })
  }
}

async function remeasure(measure: Measure, first: readonly Row[], run: Run): Promise<Row[]> {
  const second = await run((context) => {
    context.progress('a row missed its aim: measuring once more')
    return measure.run(context)
  })
  return first.map((row) => {
    if (reaches(row)) return row
    const again = second.find(({ id }) => id === row.id)
    if (again === undefined) return row
    const remark = `measured a second time: this is the second median, the first was ${Number(row.value.toPrecision(3))}`
    return { ...again, note: again.note === undefined ? remark : `${again.note}; ${remark}` }
  })
}
