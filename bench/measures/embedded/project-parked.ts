import { parkedSequences, startProcessor } from '../../../src/index.ts'
import { openEmbedded } from '../../../src/open/embedded.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { METERS, meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

// One view in a hundred cannot be folded, from its first event on.
const EVERY = 100

// Without an aim, fewer will do.
const QUICK_REPETITIONS = 3

/** What poison events cost the other views: the log is folded while 1 % of the views are parked, and while none is. */
export const projectParked: Measure = {
  id: 'project-parked',
  title: 'projecting while 1 % of the views are parked',

  async run({ folder, quick, repetitions, progress }) {
    // Not fewer than 79,181: the last of the views that are parked has its first event there.
    const count = quick ? 80_000 : 1_000_000
    await using storage = await openEmbedded(folder)
    progress(`appending ${count.toLocaleString('en-US')} events`)
    const last = await seedEvents(storage, count)
    const goodOne =
      Array.from({ length: EVERY }, (_, i) => meterOf(count - 1 - i)).find((key) => !isPoisoned(key)) ?? ''

    const fold = async (projection: Projection, parked: number) => {
      const time = await seconds(async () => {
        await using _running = await startProcessor(storage, [projection])
        await storage.views.waitFor(projection, goodOne, last, { timeout: 120_000 })
      })
      const found = await parkedSequences(storage, projection).count()
      if (found !== parked) throw new Error(`${found} views of ${projection.name} are parked, not ${parked}`)
      await storage.viewStore.drop(projection.name, projection.version)
      return count / time
    }
    const { parked, none } = await interleave(quick ? QUICK_REPETITIONS : repetitions, {
      parked: (round) => fold(poisoned(consumptionProjection(`parked-${round}`)), METERS / EVERY),
      none: (round) => fold(consumptionProjection(`none-${round}`), 0),
    })
    const size = `${count.toLocaleString('en-US')} events`
    return [
      row('project-parked', `projecting ${size}, 1 % of the views parked: to none parked`, ratioOf(parked, none), 'x'),
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
