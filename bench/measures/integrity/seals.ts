import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/index.ts'
import { withSeals } from '../../../src/integrity/seals/with-seals.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import type { Storage } from '../../../src/views/with-views.ts'
import { consumptionProjection, readingsIn } from '../../support/consumption.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { METERS, meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const PLAIN = 'the same storage without seals'

/** Projecting into views that are sealed, and reading one such view after another, beside views without seals. */
export const sealedViews: Measure = {
  id: 'integrity-seals',
  title: 'views with seals',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 20_000 : 300_000
    const reads = quick ? 2_000 : 20_000
    await using plain = await openEmbedded(folder, { ranges: 1 })
    const sealed = withSeals(plain, { key: new Uint8Array(32) })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    const last = await seedEvents(plain, count)

    /** The events a second that are projected, and the views a second that are read. */
    async function measure(storage: Storage, name: string): Promise<readonly [projected: number, read: number]> {
      const projection = consumptionProjection(name)
      const time = await seconds(async () => {
        await using _running = await startProcessor(storage, [projection])
        await storage.views.waitFor(projection, meterOf(count - 1), last, { timeout: 120_000 })
      })
      const found = await readingsIn(storage, name)
      if (found !== count) throw new Error(`The views of ${name} hold ${found} readings of ${count}`)
      const reading = await seconds(() => readViews(storage, projection, reads))
      await storage.viewStore.drop(projection.name, projection.version)
      return [count / time, reads / reading]
    }

    const rates = await interleave(
      repetitions,
      {
        sealed: (round) => measure(sealed, `sealed-${round}`),
        plain: (round) => measure(plain, `plain-${round}`),
      },
      until,
    )
    const of = (side: 'sealed' | 'plain', which: 0 | 1) => rates[side].map((both) => both[which])
    const [projected, read] = ([0, 1] as const).map((which) => ratioOf(of('sealed', which), of('plain', which)))
    if (projected === undefined || read === undefined) throw new Error('Nothing was measured')
    return [
      against(PLAIN, row('integrity-seals-project', 'projecting with seals: to without', projected, 'x')),
      row('integrity-seals-project-rate', 'the same: events a second', summarise(of('sealed', 0)), '/s'),
      against(PLAIN, row('integrity-seals-get', 'views.get with seals: to without', read, 'x')),
      row('integrity-seals-get-rate', 'the same: views a second', summarise(of('sealed', 1)), '/s'),
    ]
  },
}

async function readViews(storage: Storage, projection: Projection, reads: number): Promise<void> {
  for (let i = 0; i < reads; i++) {
    const key = meterOf(i % METERS)
    if ((await storage.views.get(projection, key)) === null) throw new Error(`There is no view ${key}`)
  }
}
