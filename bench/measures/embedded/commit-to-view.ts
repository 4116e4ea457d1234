import { commitToViewIn } from '../../support/commit-to-view.ts'
import { type Measure, row } from '../../support/measure.ts'

const RATE = 1_000

/** How soon a view of another process shows what was appended; see `commitToViewIn`. */
export const commitToView: Measure = {
  id: 'commit-to-view',
  title: `commit to visible view in the other process, at ${RATE} appends a second`,

  async run({ folder, quick, repetitions, until }) {
    const rounds = { repetitions, until }
    const { p50, p99, appendP99, rate } = await commitToViewIn(`file:${folder}`, RATE, quick ? 1.5 : 10, rounds)
    return [
      row('commit-to-view-p50', 'commit to view: p50', p50, 'ms', { below: 20 }),
      row('commit-to-view-p99', 'commit to view: p99', p99, 'ms', { below: 100 }),
      row('commit-to-view-append-p99', 'commit to view: p99 of the append itself', appendP99, 'ms'),
      row('commit-to-view-rate', 'commit to view: appends a second', rate, '/s'),
    ]
  },
}
