import type { Tidemark } from '../../../src/core/positions/position.ts'
import { advance } from '../../../src/core/positions/tidemark.ts'
import { type Measure, row } from '../../support/measure.ts'
import { summarise } from '../../support/statistics.ts'

const TIDEMARKS = 2_048
const FOLDS = 2_000

/** The processor time that moving one of many tidemarks of a view takes, which is done for each event that is folded. */
export const scaleFold: Measure = {
  id: 'scale-fold',
  title: `processor time of a fold into a view with ${TIDEMARKS} tidemarks`,

  async run({ repetitions }) {
    const bound = (i: number) => (i === TIDEMARKS ? 'FF' : i.toString(16).padStart(4, '0'))
    const ranges = Array.from({ length: TIDEMARKS }, (_, i) => ({ min: bound(i), max: bound(i + 1) }))
    const begun: Tidemark[] = ranges.map((range) => ({ ...range, lsn: 1, hash: range.min, version: 1 }))
    const times = Array.from({ length: repetitions }, () => {
      let marks = begun
      const before = process.cpuUsage()
      for (let i = 0; i < FOLDS; i++) {
        const range = ranges[(i * 977) % TIDEMARKS] as (typeof ranges)[number]
        marks = advance(marks, range, { lsn: 2 + i, hash: range.min, version: 1 })
      }
      const { user, system } = process.cpuUsage(before)
      if (marks.length !== TIDEMARKS) throw new Error(`There are ${marks.length} tidemarks`)
      return (user + system) / 1000 / FOLDS
    })
    const label = `a view with ${TIDEMARKS.toLocaleString('en-US')} tidemarks: processor time of moving one`
    return [row('scale-fold', label, summarise(times), 'ms', { below: 0.1 })]
  },
}
