import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openEmbedded } from '../../../src/embedded.ts'
import type { Storage } from '../../../src/index.ts'
import { readingsIn } from '../../support/consumption.ts'
import { READS_ONLY } from '../../support/durability.ts'
import { interleave } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { METERS } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { type CatchUp, catchUp, startWorker, type Worker } from '../../support/workers/processes.ts'

const RANGES = 4
const LEASE = 15_000
const VIEWS = METERS.toLocaleString('en-US')

// Of what has no aim.
const QUICK_REPETITIONS = 2

// Of a meter's events in a row: all of them are on one page, so its view is saved once for so many.
const BURST = 100

/**
 * Catches up with a log of four feed ranges from no views at all, as one worker process and as several, against reading
 * the same log page by page in such a process and doing nothing with it. Scattered, a page has few events for each of
 * the views that it concerns; in bursts, 100. Workers tell what they spent their time on; several things can be under
 * way at once, so the shares need not come to 100 %.
 */
export const catchUpMeasure: Measure = {
  id: 'catch-up',
  title: 'catching up with four ranges as 1, 2 and 4 worker processes',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 10_000 : 1_000_000
    const size = `${count.toLocaleString('en-US')} events`
    const logs = { scattered: join(folder, 'scattered'), bursts: join(folder, 'bursts') }
    for (const log of Object.values(logs)) mkdirSync(log)
    await using scattered = await openEmbedded(logs.scattered, { ranges: RANGES })
    await using bursts = await openEmbedded(logs.bursts, { ranges: RANGES })
    progress(`appending ${size} twice, the second time in bursts`)
    await seedEvents(scattered, count)
    await seedEvents(bursts, count, BURST)

    await using stack = new AsyncDisposableStack()
    const start = async (log: string, id: string) => stack.use(await startWorker(log, id))
    const workers = await Promise.all(['a', 'b', 'c', 'd'].map((id) => start(logs.scattered, id)))
    const alone = await start(logs.bursts, 'alone')
    progress('catching up, in bursts')

    const read = async (worker: Worker | undefined) => count / ((await worker?.ask({ read: true }))?.seconds ?? 0)
    const run = (storage: Storage, by: readonly Worker[], name: string) => {
      const begin = { projection: name, hot: false, lease: LEASE, poll: quick ? 100 : 250, ranges: 'all' } as const
      return catchUp(storage, by, begin, async () => {
        const readings = await readingsIn(storage, name)
        if (readings !== count) throw new Error(`The views of ${name} hold ${readings} readings of ${count}`)
      })
    }
    const inBursts = await interleave(
      repetitions,
      {
        read: () => read(alone),
        one: (round) => run(bursts, [alone], `bursts-${round}`),
      },
      until,
    )
    progress('catching up, scattered')
    const sides = await interleave(
      quick ? QUICK_REPETITIONS : repetitions,
      {
        read: () => read(workers[0]),
        one: (round) => run(scattered, workers.slice(0, 1), `one-${round}`),
        two: (round) => run(scattered, workers.slice(0, 2), `two-${round}`),
        four: (round) => run(scattered, workers, `four-${round}`),
      },
      until,
    )
    const rates = (runs: readonly CatchUp[]) => runs.map(({ seconds }) => count / seconds)

    const rowsOf = (id: string, workers: string, runs: readonly CatchUp[]) => [
      row(
        `${id}-rate`,
        `catching up ${size} into ${VIEWS} views, ${workers}: events a second`,
        summarise(rates(runs)),
        '/s',
        null,
        describe(runs),
      ),
      against(
        READS_ONLY,
        row(
          `${id}-ratio`,
          `catching up ${size} into ${VIEWS} views, ${workers}: to the raw feed read`,
          ratioOf(rates(runs), sides.read),
          'x',
        ),
      ),
    ]
    return [
      against(
        READS_ONLY,
        row(
          'catch-up-bursts',
          `catching up ${size}, ${BURST} a view and page: to the raw feed read`,
          ratioOf(rates(inBursts.one), inBursts.read),
          'x',
          { atLeast: 0.3 },
          `${(count / BURST).toLocaleString('en-US')} views; ${describe(inBursts.one)}`,
        ),
      ),
      row(
        'catch-up-bursts-rate',
        `catching up ${size}, ${BURST} a view and page: events a second`,
        summarise(rates(inBursts.one)),
        '/s',
      ),
      ...rowsOf('catch-up-1', '1 worker', sides.one),
      ...rowsOf('catch-up-2', '2 workers', sides.two),
      ...rowsOf('catch-up-4', '4 workers', sides.four),
      row('catch-up-read', `raw feed read of ${size}, ${VIEWS} streams`, summarise(sides.read), '/s'),
    ]
  },
}

/** For how much of the time that all workers had each kind of work was under way. */
function describe(runs: readonly CatchUp[]): string {
  const time = runs.reduce((sum, { seconds, work }) => sum + seconds * 1000 * work.length, 0)
  const all = runs.flatMap(({ work }) => work)
  type Kind = 'fold' | 'save' | 'lease' | 'read' | 'folds' | 'saves'
  const sum = (kind: Kind) => all.reduce((total, work) => total + work[kind], 0)
  const share = (kind: Kind) => `${((sum(kind) / time) * 100).toFixed(1)} %`
  return (
    `of a worker's time, handlers took ${share('fold')}, and under way were saves of views for ${share('save')}, lease` +
    ` work for ${share('lease')}, reads for ${share('read')}; ${(sum('folds') / sum('saves')).toFixed(1)} events a save`
  )
}
