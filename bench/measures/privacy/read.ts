import { eventStore } from '../../../src/index.ts'
import { withVault } from '../../../src/privacy/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { openSealed, sealedReadings } from '../../support/sealed-readings.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const LENGTH = 100
const STREAMS = 50

/**
 * Streams of 100 events with 150 sealed bytes each, opened and typed: against the same in clear, and against a key
 * look-up for each event. And streams in clear from a storage with a vault.
 */
export const sealedReads: Measure = {
  id: 'privacy-read',
  title: `reading streams of ${LENGTH} sealed events`,

  async run({ folder, quick, repetitions, until }) {
    const reads = quick ? 200 : 2_000
    await using world = await openSealed(folder)
    const { storage, sealed } = world
    const events = sampleEvents(LENGTH).map((event) => ({ ...event, data: { ...event.data, meterId: '87000001' } }))
    for (let i = 0; i < STREAMS; i++) {
      await eventStore(sealed, sealedReadings).append(`sealed:${i}`, events, { expectedVersion: 'any' })
      await eventStore(storage, readingEvents).append(`plain:${i}`, events, { expectedVersion: 'any' })
    }
    const uncached = await world.open({ ttl: 0 })
    const stores = {
      sealed: eventStore(sealed, sealedReadings),
      plain: eventStore(storage, readingEvents),
      vault: eventStore(sealed, readingEvents),
    }
    const rate = async (side: keyof typeof stores, category: string) => {
      let remarks = 0
      const time = await seconds(async () => {
        for (let i = 0; i < reads; i++) {
          const loaded = await stores[side].load(`${category}:${i % STREAMS}`)
          for (const { data } of loaded.events) if (data.remark !== '') remarks++
        }
      })
      if (remarks !== reads * LENGTH) throw new Error(`Read ${remarks} remarks, expected ${reads * LENGTH}`)
      return reads / time
    }
    const perEvent = eventStore(withVault(storage, uncached), sealedReadings)
    const lookUps = async () => {
      const some = Math.ceil(reads / 20)
      const time = await seconds(async () => {
        for (let i = 0; i < some; i++) {
          for (let from = 1; from <= LENGTH; from++) await perEvent.load(`sealed:${i % STREAMS}`, { from, limit: 1 })
        }
      })
      return some / time
    }
    const rates = await interleave(
      repetitions,
      {
        sealed: () => rate('sealed', 'sealed'),
        plain: () => rate('plain', 'plain'),
        vault: () => rate('vault', 'plain'),
        lookUps,
      },
      until,
    )
    const [clear, each] = ['the same events in clear', 'one read and one key look-up for each event']
    const of = `stream of ${LENGTH}`
    return [
      against(
        clear,
        row('privacy-read', `sealed ${of}: to plain`, ratioOf(rates.sealed, rates.plain), 'x', { atLeast: 0.5 }),
      ),
      against(
        clear,
        row('privacy-read-unused', `a vault, ${of} in clear: to plain`, ratioOf(rates.vault, rates.plain), 'x', {
          atLeast: 0.98,
        }),
      ),
      against(
        each,
        row('privacy-read-look-up', `sealed ${of}: to a look-up an event`, ratioOf(rates.sealed, rates.lookUps), 'x', {
          atLeast: 10,
        }),
      ),
      row('privacy-read-rate', `sealed ${of}: streams a second`, summarise(rates.sealed), '/s'),
    ]
  },
}
