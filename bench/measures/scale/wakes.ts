import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/index.ts'
import { consumptionProjection } from '../../support/consumption.ts'
import { type Measure, row } from '../../support/measure.ts'
import { meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { summarise } from '../../support/statistics.ts'

const RANGES = 256
// Milliseconds after an append in which others may still wake.
const SETTLES = 100

/** Which ranges of a folder read when an event comes into one of them. */
export const scaleWakes: Measure = {
  id: 'scale-wakes',
  title: `ranges that an append wakes, on a folder with ${RANGES}`,

  async run({ folder, quick, progress }) {
    await using storage = await openEmbedded(folder, { ranges: RANGES })
    const woken = new Set<string>()
    const feed = {
      ...storage.feed,
      read: (...parameters: Parameters<typeof storage.feed.read>) => {
        woken.add(parameters[0].min)
        return storage.feed.read(...parameters)
      },
    }
    const projection = consumptionProjection('woken')
    await using _processor = await startProcessor({ ...storage, feed }, [projection])
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const counts: number[] = []
    const appends = quick ? 20 : 100
    progress(`${appends} appends`)
    for (let i = 0; i < appends; i++) {
      woken.clear()
      const position = await seedEvents(storage, 1)
      await storage.views.waitFor(projection, meterOf(0), position, { timeout: 10_000 })
      await new Promise((resolve) => setTimeout(resolve, SETTLES))
      counts.push(woken.size)
    }
    return [row('scale-wakes', `${RANGES} ranges: ranges that an append wakes`, summarise(counts), '', { below: 2 })]
  },
}
