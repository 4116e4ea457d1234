import { commitToViewIn } from '../../support/commit-to-view.ts'
import { type Measure, row } from '../../support/measure.ts'
import { benchDatabase } from '../../support/mongo/database.ts'
import { urlOf } from '../../support/mongo/url.ts'

const RATE = 50

/** How soon a view of another process shows what was appended; see `commitToViewIn`. */
export const mongoCommitToView: Measure = {
  id: 'mongo-commit-to-view',
  title: `MongoDB: commit to visible view in the other process, at ${RATE} appends a second`,
  server: 'mongodb',

  async run({ quick, repetitions, until, mongodb }) {
    const uri = await mongodb()
    await using database = benchDatabase(uri)
    await database.open()
    const url = urlOf(uri, database.name)
    const { p50, p99, appendP99, rate } = await commitToViewIn(url, RATE, quick ? 2 : 6, { repetitions, until })
    return [
      row('mongo-commit-to-view-p50', 'commit to view: p50', p50, 'ms', { below: 30 }),
      row('mongo-commit-to-view-p99', 'commit to view: p99', p99, 'ms'),
      row('mongo-commit-to-view-append-p99', 'commit to view: p99 of the append itself', appendP99, 'ms'),
      row('mongo-commit-to-view-rate', 'commit to view: appends a second', rate, '/s'),
    ]
  },
}
