import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/index.ts'
import { type Consumption, consumptionProjection, readingsIn } from '../../support/consumption.ts'
import { interleave } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { foldByHand } from '../../support/raw-views.ts'
import { meterOf, type Reading } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const EVENTS = 100_000
const PAGE = 10_000

/** The processor time of folding 100,000 events into 10,000 views, from no views at all; against the loop by hand. */
export const scaleCatchUp: Measure = {
  id: 'scale-catch-up',
  title: 'processor time of folding 100,000 events into 10,000 views, to that of a loop by hand',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? EVENTS / 5 : EVENTS
    await using storage = await openEmbedded(folder)
    progress(`appending ${count.toLocaleString('en-US')} events`)
    const last = await seedEvents(storage, count)
    const micros = async (work: () => unknown) => {
      const before = process.cpuUsage()
      await work()
      const { user, system } = process.cpuUsage(before)
      return (user + system) / count
    }
    progress('folding')
    const { processor, byHand } = await interleave(
      repetitions,
      {
        async processor(round) {
          const projection = consumptionProjection(`catch-up-${round}`)
          const used = await micros(async () => {
            const options = { pageSize: PAGE, onError: (error: unknown) => console.error(error) }
            await using _running = await startProcessor(storage, [projection], options)
            await storage.views.waitFor(projection, meterOf(count - 1), last, { timeout: 120_000 })
          })
          const readings = await readingsIn(storage, projection.name)
          if (readings !== count) throw new Error(`The views hold ${readings} readings of ${count}`)
          await storage.viewStore.drop(projection.name, projection.version)
          return used
        },
        byHand: (round) =>
          micros(() => {
            const folded = foldByHand(folder, `by-hand-${round}.db`, PAGE, keyOf, fold)
            if (folded !== count) throw new Error(`Folded ${folded} of ${count}`)
          }),
      },
      until,
    )
    const label = `${count.toLocaleString('en-US')} events into 10,000 views, processor time`
    return [
      row('scale-catch-up', `${label}: to a loop by hand`, ratioOf(processor, byHand), 'x', { below: 2.01 }),
      row('scale-catch-up-cpu', `${label}: an event`, summarise(processor), 'µs'),
      row('scale-catch-up-by-hand', `${label}: an event, by hand`, summarise(byHand), 'µs'),
    ]
  },
}

const keyOf = ({ meterId }: Reading): string => meterId

const fold = (view: Consumption | undefined, { meterId, kWh, register }: Reading): Consumption => ({
  meterId,
  readings: (view?.readings ?? 0) + 1,
  kWh: (view?.kWh ?? 0) + kWh,
  register: Math.max(view?.register ?? 0, register),
})
