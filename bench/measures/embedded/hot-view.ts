import { openEmbedded } from '../../../src/embedded.ts'
import { readingsIn } from '../../support/consumption.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { type Begin, type CatchUp, catchUp, startWorker } from '../../support/workers/processes.ts'

const RANGES = 4

// Whose the events are makes no difference here, and so the log is filled sooner.
const BURST = 100

/**
 * Folds a log of four feed ranges into one view: as four worker processes, which meet at the view's ETag, and as one,
 * in which the ranges take turns; against one worker that reads one of the ranges, so that nobody else writes the view.
 */
export const hotView: Measure = {
  id: 'hot-view',
  title: 'one view that every range writes',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 20_000 : 1_000_000
    const size = `${count.toLocaleString('en-US')} events`
    await using storage = await openEmbedded(folder, { ranges: RANGES })
    progress(`appending ${size}`)
    await seedEvents(storage, count, BURST)
    const [first] = await storage.feed.ranges()
    if (first === undefined) throw new Error('The feed has no range')
    const { events: inFirst } = await storage.feed.lag(first, 'start')
    await using stack = new AsyncDisposableStack()
    const workers = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => stack.use(await startWorker(folder, id))))
    progress('folding')

    const run = (number: number, ranges: Begin['ranges'], projection: string) =>
      catchUp(
        storage,
        workers.slice(0, number),
        { projection, hot: true, lease: 15_000, poll: quick ? 100 : 250, ranges },
        async () => {
          const readings = await readingsIn(storage, projection)
          const expected = ranges === 'all' ? count : inFirst
          if (readings !== expected)
            throw new Error(`The view of ${projection} holds ${readings} readings of ${expected}`)
        },
      )
    const { alone, turns, four } = await interleave(
      repetitions,
      {
        alone: (round) => run(1, 'one', `alone-${round}`),
        turns: (round) => run(1, 'all', `turns-${round}`),
        four: (round) => run(4, 'all', `four-${round}`),
      },
      until,
    )
    const rates = (runs: readonly CatchUp[], events: number) => runs.map(({ seconds }) => events / seconds)
    const one = rates(alone, inFirst)
    return [
      against(
        'itself, over the same storage',
        row(
          'hot-view',
          `one view of ${size}, 4 ranges, 4 workers: to one range alone`,
          ratioOf(rates(four, count), one),
          'x',
          { atLeast: 0.5 },
        ),
      ),
      against(
        'itself, over the same storage',
        row(
          'hot-view-turns',
          `one view of ${size}, 4 ranges, 1 worker: to one range alone`,
          ratioOf(rates(turns, count), one),
          'x',
          {
            atLeast: 0.5,
          },
        ),
      ),
      row('hot-view-rate', `one view of ${size}, 4 workers: events a second`, summarise(rates(four, count)), '/s'),
      row('hot-view-alone-rate', 'one view, one range alone: events a second', summarise(one), '/s'),
      row(
        'hot-view-conflicts',
        'one view, 4 workers: of the saves met a conflict',
        summarise(four.map(conflicts)),
        '%',
      ),
      row(
        'hot-view-folds',
        'one view, 4 workers: handler calls an event',
        summarise(four.map((run) => folds(run) / count)),
        'x',
      ),
      row('hot-view-retries', 'one view, 4 workers: pages begun again', summarise(four.map(retries)), 'pages'),
    ]
  },
}

const folds = ({ work }: CatchUp): number => work.reduce((sum, { folds }) => sum + folds, 0)
const retries = ({ work }: CatchUp): number => work.reduce((sum, { retries }) => sum + retries, 0)

function conflicts({ work }: CatchUp): number {
  const saves = work.reduce((sum, { saves }) => sum + saves, 0)
  return (work.reduce((sum, { conflicts }) => sum + conflicts, 0) / saves) * 100
}
