import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore } from '../../../src/index.ts'
import { READS_ONLY } from '../../support/durability.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { openRawLog } from '../../support/raw-log.ts'
import { readingEvents, renamedReadingEvents, sampleEvents } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const LENGTH = 100
const STREAMS = 200

/**
 * Reads streams of 100 events that an older release wrote: each event goes through an upcaster and comes out typed.
 * The raw side reads the same file, selects the rows by stream and parses data and metadata, and upcasts nothing.
 */
export const readStream: Measure = {
  id: 'read-stream',
  title: `reading a stream of ${LENGTH} events to upcast, typed events`,

  async run({ folder, quick, repetitions, until }) {
    const reads = quick ? 400 : 5_000
    await using storage = await openEmbedded(folder)
    const writer = eventStore(storage, readingEvents)
    const reader = eventStore(storage, renamedReadingEvents)
    const events = sampleEvents(LENGTH)
    const streamIds = Array.from({ length: STREAMS }, (_, i) => `reading:a-${i}`)
    await Promise.all(streamIds.map((id) => writer.append(id, events, { expectedVersion: 'noStream' })))
    using raw = openRawLog(folder)

    const rateOf = async (read: (streamId: string) => Promise<number> | number) => {
      let sum = 0
      const time = await seconds(async () => {
        for (let i = 0; i < reads; i++) sum += await read(streamIds[i % STREAMS] as string)
      })
      const expected = events.reduce((total, { data }) => total + data.kWh, 0) * reads
      if (Math.abs(sum - expected) > 1e-6 * expected) throw new Error(`Read ${sum} kWh, expected ${expected}`)
      return reads / time
    }
    const rates = await interleave(
      repetitions,
      {
        load: () =>
          rateOf(async (id) => {
            const loaded = await reader.load(id)
            return loaded.events.reduce((total, { data }) => total + data.consumption, 0)
          }),
        raw: () =>
          rateOf((id) => raw.readStream(id).reduce((total, { data }) => total + (data as { kWh: number }).kWh, 0)),
        iterate: () =>
          rateOf(async (id) => {
            let total = 0
            for await (const { data } of reader.read(id)) total += data.consumption
            return total
          }),
      },
      until,
    )
    return [
      against(
        READS_ONLY,
        row('read-stream', 'stream of 100, load: to raw select and parse', ratioOf(rates.load, rates.raw), 'x', {
          atLeast: 0.7,
        }),
      ),
      against(
        READS_ONLY,
        row('read-stream-iterate', 'stream of 100, for await: to raw', ratioOf(rates.iterate, rates.raw), 'x', {
          atLeast: 0.75,
        }),
      ),
      row('read-stream-rate', 'stream of 100, load: streams a second', summarise(rates.load), '/s'),
      row('read-stream-raw-rate', 'stream of 100, raw: streams a second', summarise(rates.raw), '/s'),
    ]
  },
}
