import { eventStore } from '../../../src/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { readingEvent } from '../../support/sample-events.ts'
import { openSealed, sealedReadings } from '../../support/sealed-readings.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const FEW = 10
const BATCH = 500

/** Forgetting people with few and with many events, in one folder with the events; each is forgotten once. */
export const forgetting: Measure = {
  id: 'privacy-forget',
  title: 'forgetting a person',

  async run({ folder, quick, repetitions, until, progress }) {
    const many = quick ? 2_000 : 100_000
    await using world = await openSealed(folder)
    const store = eventStore(world.sealed, sealedReadings)
    const write = async (meterId: string, count: number) => {
      for (let n = 0; n < count; n += BATCH) {
        const events = Array.from({ length: Math.min(BATCH, count - n) }, (_, i) => {
          const event = readingEvent(n + i)
          return { ...event, data: { ...event.data, meterId } }
        })
        await store.append(`reading:${meterId}`, events, { expectedVersion: 'any' })
      }
    }
    // One of those with many events is forgotten in each round.
    for (let round = 0; round <= repetitions; round++) {
      progress(`appending ${many.toLocaleString('en-US')} events of one person`)
      await write(`many-${round}`, many)
      await write(`few-${round}`, FEW)
    }
    const forget = async (person: string) => (await seconds(() => world.vault.forget(person))) * 1000
    const times = await interleave(
      repetitions,
      {
        few: (round) => forget(`few-${round}`),
        many: (round) => forget(`many-${round}`),
      },
      until,
    )
    const size = many.toLocaleString('en-US')
    return [
      row('privacy-forget-few', `forgetting a person with ${FEW} events`, summarise(times.few), 'ms', { below: 20 }),
      row('privacy-forget-many', `forgetting a person with ${size} events`, summarise(times.many), 'ms', { below: 20 }),
      row('privacy-forget-growth', 'the same: to that with few', ratioOf(times.many, times.few), 'x'),
    ]
  },
}
