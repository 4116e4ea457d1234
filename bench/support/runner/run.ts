import { type BenchContext, type Measure, type Row, reaches } from '../measure.ts'

/** What a run of the benchmarks found. */
export type RunResult = {
  readonly rows: readonly Row[]
  /** Measures that broke off, with what they threw. */
  readonly broken: readonly { readonly measure: Measure; readonly error: unknown }[]
}

/**
 * Runs measures one after another. A row that misses its aim is measured once more, with its whole measure, and the
 * second figure is the one that is reported, whether it is better or worse; its note tells the first one. A measure that
 * breaks off is also begun once more, and loudly: the peers do crash.
 *
 * @param inContext gives each run of a measure a context of its own and frees it afterwards
 */
export async function runMeasures(
  measures: readonly Measure[],
  inContext: (measure: Measure, work: (context: BenchContext) => Promise<readonly Row[]>) => Promise<readonly Row[]>,
): Promise<RunResult> {
  const rows: Row[] = []
  const broken: RunResult['broken'][number][] = []
  for (const measure of measures) {
    try {
      const first = await firstRun(measure, inContext)
      rows.push(...(first.every(reaches) ? first : await remeasure(measure, first, inContext)))
    } catch (error) {
      broken.push({ measure, error })
    }
  }
  return { rows, broken }
}

async function firstRun(measure: Measure, inContext: Parameters<typeof runMeasures>[1]): Promise<readonly Row[]> {
  try {
    return await inContext(measure, (context) => measure.run(context))
  } catch (error) {
    return inContext(measure, (context) => {
      context.progress(`it broke off and is begun once more: ${error instanceof Error ? error.stack : error}`)
      return measure.run(context)
    })
  }
}

async function remeasure(
  measure: Measure,
  first: readonly Row[],
  inContext: Parameters<typeof runMeasures>[1],
): Promise<Row[]> {
  const second = await inContext(measure, (context) => {
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
