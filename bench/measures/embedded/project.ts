import { decodeEvents } from '../../../src/core/events/codec.ts'
import { type ViewDocument, viewId } from '../../../src/core/index.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/index.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { consumptionProjection, readingsIn } from '../../support/consumption.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { meterOf } from '../../support/sample-events.ts'
import { seedEvents } from '../../support/seed.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

type Storage = Awaited<ReturnType<typeof openEmbedded>>

/**
 * Folds the whole log into 10,000 views with the processor, each round under a new name, from no views at all; against
 * the loop that a first version would have: for each event, read its view, fold it, save it under its ETag, then take
 * the next. Both save durably through the same view store. The loop is given a sample; what counts is events a second.
 */
export const project: Measure = {
  id: 'project',
  title: 'projecting into 10,000 views with ETag saves',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 20_000 : 1_000_000
    const sample = quick ? 300 : 5_000
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events`)
    const last = await seedEvents(storage, count)

    const { processor, naive } = await interleave(
      repetitions,
      {
        async processor(round) {
          const projection = consumptionProjection(`processor-${round}`)
          const time = await seconds(async () => {
            await using _running = await startProcessor(storage, [projection], {
              onError: (error) => console.error(error),
            })
            await storage.views.waitFor(projection, meterOf(count - 1), last, { timeout: 120_000 })
          })
          await assertReadings(storage, projection, count)
          await storage.viewStore.drop(projection.name, projection.version)
          return count / time
        },

        async naive(round) {
          const projection = consumptionProjection(`naive-${round}`)
          const time = await seconds(() => projectNaively(storage, projection, sample))
          await assertReadings(storage, projection, sample)
          await storage.viewStore.drop(projection.name, projection.version)
          return sample / time
        },
      },
      until,
    )
    const size = `${count.toLocaleString('en-US')} events`
    return [
      against(
        'a loop over the same view store, which flushes each save',
        row('project', `projecting ${size}: to one event, one save`, ratioOf(processor, naive), 'x'),
      ),
      row('project-rate', `projecting ${size}: events a second`, summarise(processor), '/s'),
      row('project-naive-rate', `one event, one save (${sample} events): events a second`, summarise(naive), '/s'),
    ]
  },
}

async function projectNaively({ feed, viewStore, incarnation }: Storage, projection: Projection, events: number) {
  const { name, version } = projection
  const [range] = await feed.ranges()
  if (range === undefined) throw new Error('The feed has no range')
  const page = await feed.read(range, 'start', { limit: events })
  for (const { event, position } of page.events.slice(0, events)) {
    const [typed] = await decodeEvents(projection.events, [event])
    if (typed === undefined) continue
    for (const key of projection.keysOf(typed)) {
      const ref = { projection: name, version, key }
      const stored = await viewStore.get(ref)
      const data = projection.fold(key, stored?.document.data ?? null, typed) as ViewDocument['data']
      const document: ViewDocument = {
        ...ref,
        id: viewId(ref),
        data,
        incarnation,
        tidemarks: [{ ...range, ...position }],
      }
      const { saved } = await viewStore.save(document, stored ? { ifMatch: stored.etag } : 'ifAbsent')
      if (!saved) throw new Error(`View ${key} was saved by somebody else`)
    }
  }
}

/** A benchmark of work that was not done says nothing: the views must hold every event once. */
async function assertReadings(storage: Storage, { name }: Projection, count: number) {
  const readings = await readingsIn(storage, name)
  if (readings !== count) throw new Error(`The views of ${name} hold ${readings} readings of ${count}`)
}
