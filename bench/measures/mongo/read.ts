import { eventStore } from '../../../src/index.ts'
import { READS_ONLY } from '../../support/durability.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { benchDatabase } from '../../support/mongo/database.ts'
import { openRawLog } from '../../support/mongo/raw-log.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const LENGTH = 100
const STREAMS = 50

/** Reads streams of 100 events to typed events, against a bare `find` of the same documents by the same index. */
export const mongoRead: Measure = {
  id: 'mongo-read',
  title: `MongoDB: reading a stream of ${LENGTH} events`,
  server: 'mongodb',

  async run({ quick, repetitions, until, mongodb }) {
    const reads = quick ? 100 : 300
    await using database = benchDatabase(await mongodb())
    await using raw = openRawLog(database)
    const store = eventStore(await database.open(), readingEvents)
    const events = sampleEvents(LENGTH)
    const streamIds = Array.from({ length: STREAMS }, (_, i) => `reading:a-${i}`)
    await Promise.all(streamIds.map((id) => store.append(id, events, { expectedVersion: 'noStream' })))

    const expected = events.reduce((total, { data }) => total + data.kWh, 0) * reads
    const rateOf = async (read: (streamId: string) => Promise<readonly { readonly kWh: number }[]>) => {
      let sum = 0
      const time = await seconds(async () => {
        for (let i = 0; i < reads; i++) {
          for (const { kWh } of await read(streamIds[i % STREAMS] as string)) sum += kWh
        }
      })
      if (Math.abs(sum - expected) > 1e-6 * expected) throw new Error(`Read ${sum} kWh, expected ${expected}`)
      return reads / time
    }
    const { load, bare } = await interleave(
      repetitions,
      {
        load: () => rateOf(async (id) => (await store.load(id)).events.map(({ data }) => data)),
        bare: () =>
          rateOf(async (id) =>
            (await raw.readStream(id)).map(({ eventData }) => eventData as { readonly kWh: number }),
          ),
      },
      until,
    )
    return [
      against(
        READS_ONLY,
        row('mongo-read', 'stream of 100, load: to a bare find', ratioOf(load, bare), 'x', { atLeast: 0.7 }),
      ),
      row('mongo-read-rate', 'stream of 100, load: streams a second', summarise(load), '/s'),
      row('mongo-read-bare-rate', 'stream of 100, bare: streams a second', summarise(bare), '/s'),
    ]
  },
}
