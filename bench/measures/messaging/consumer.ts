import { openEmbedded } from '../../../src/embedded.ts'
import { defineProjection, type Storage, startProcessor } from '../../../src/index.ts'
import { defineConsumer, defineContract, producer } from '../../../src/messaging/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { meterOf, reading, readingData } from '../../support/sample-events.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const SENDERS = 512

const contract = defineContract('bench.readings', {
  ops: { taken: reading.shape },
  stream: ({ meterId }) => `meter:${meterId}`,
})

/**
 * A group whose handler does nothing works off the calls of a log, to a projection of the same feed with one view a
 * stream. Each round has a new group and a new projection, which begin at the start.
 */
export const consumer: Measure = {
  id: 'consumer',
  title: 'a group whose handler does nothing',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 20_000 : 200_000
    await using storage = await openEmbedded(folder, { ranges: 1 })
    progress(`sending ${count.toLocaleString('en-US')} calls`)
    const last = await sendCalls(storage, count)
    const onError = (error: unknown) => console.error(error)

    const rates = await interleave(
      repetitions,
      {
        async consumer(round) {
          let calls = 0
          const done = Promise.withResolvers<void>()
          const group = defineConsumer(contract, {
            group: `round-${round}`,
            from: 'start',
            on: {
              taken() {
                if (++calls === count) done.resolve()
              },
            },
          })
          const time = await seconds(async () => {
            await using _running = await startProcessor(storage, [group], { onError })
            await done.promise
          })
          if (calls !== count) throw new Error(`The consumer was called ${calls} times for ${count} calls`)
          return count / time
        },

        async projection(round) {
          const projection = defineProjection(`round-${round}`, {
            events: contract.events,
            key: ({ streamId }) => streamId,
            initial: () => ({ readings: 0, kWh: 0 }),
            on: {
              'bench.readings.taken': (view, { data }) => ({ readings: view.readings + 1, kWh: view.kWh + data.kWh }),
            },
          })
          const time = await seconds(async () => {
            await using _running = await startProcessor(storage, [projection], { onError })
            await storage.views.waitFor(projection, `meter:${meterOf(count - 1)}`, last, { timeout: 120_000 })
          })
          return count / time
        },
      },
      until,
    )
    const peer = 'a projection of the same feed, with one view for each of 10,000 streams'
    return [
      against(
        peer,
        row('consumer', 'calls handled, to events projected', ratioOf(rates.consumer, rates.projection), 'x', {
          atLeast: 0.5,
        }),
      ),
      row('consumer-rate', 'calls a second', summarise(rates.consumer), '/s'),
      row('consumer-projection-rate', 'the projection: events a second', summarise(rates.projection), '/s'),
    ]
  },
}

/** @returns the position of the last call */
async function sendCalls(storage: Storage, count: number): Promise<string> {
  const send = producer(storage, contract)
  let next = 0
  let last = ''
  async function sender(): Promise<void> {
    while (next < count) {
      const n = next++
      const { position } = await send.taken({ ...readingData(n), meterId: meterOf(n) })
      if (n === count - 1) last = position
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  return last
}
