import { openEmbedded } from '../../../src/embedded.ts'
import { parkedSequences, startProcessor } from '../../../src/index.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'
import { until } from '../../support/workers/processes.ts'

// One view in a hundred cannot be folded, from its first event on.
const EVERY = 100

// Without an aim, fewer will do.
const QUICK_REPETITIONS = 3

/** What poison events cost the other views: the log is folded while 1 % of the views are parked, and while none is. */
export const projectParked: Measure = {
  id: 'project-parked',
  title: 'projecting while 1 % of the views are parked',

  async run({ folder, quick, repetitions, until: end, progress }) {
    const count = quick ? 20_000 : 1_000_000
    const poisonedKeys = new Set(Array.from({ length: count }, (_, n) => meterOf(n)).filter(isPoisoned)).size
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    const last = await seedEvents(storage, count)
    const goodOne =
      Array.from({ length: EVERY }, (_, i) => meterOf(count - 1 - i)).find((key) => !isPoisoned(key)) ?? ''

    const fold = async (projection: Projection, parked: number) => {
      const time = await seconds(async () => {
        await using _running = await startProcessor(storage, [projection])
        await storage.views.waitFor(projection, goodOne, last, { timeout: 120_000 })
        // Views of the same page are saved one after another.
        await until(async () => (await parkedSequences(storage, projection).count()) === parked)
      })
      await storage.viewStore.drop(projection.name, projection.version)
      return count / time
    }
    const { parked, none } = await interleave(
      quick ? QUICK_REPETITIONS : repetitions,
      {
        parked: (round) => fold(poisoned(consumptionProjection(`parked-${round}`)), poisonedKeys),
        none: (round) => fold(consumptionProjection(`none-${round}`), 0),
      },
      end,
    )
    const size = `${count.toLocaleString('en-US')} events`
    return [
      against(
        'itself, over the same storage',
        row(
          'project-parked',
          `projecting ${size}, 1 % of the views parked: to none parked`,
          ratioOf(parked, none),
          'x',
        ),
      ),
      row('project-parked-rate', `projecting ${size}, 1 % parked: events a second`, summarise(parked), '/s'),
    ]
  },
}

const isPoisoned = (key: string): boolean => Number(key) % EVERY === 0

const poisoned = (projection: Projection): Projection => ({
  ...projection,
  fold(key, view, event) {
    if (isPoisoned(key)) throw new RangeError('A poisoned event')
    return projection.fold(key, view, event)
  },
})
