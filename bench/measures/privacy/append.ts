import { eventStore } from '../../../src/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingEvents, sampleEvents } from '../../support/sample-events.ts'
import { openSealed, sealedReadings } from '../../support/sealed-readings.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const WRITERS = 64

/**
 * The same events appended three times to one folder: with 150 bytes of each sealed, in clear, and in clear to a storage
 * that has a vault. 64 at once, and one by one.
 */
export const sealedAppends: Measure = {
  id: 'privacy-append',
  title: 'appends of sealed events',

  async run({ folder, quick, repetitions, until }) {
    const each = quick ? 10 : 150
    const alone = quick ? 150 : 1_500
    await using world = await openSealed(folder)
    const stores = {
      sealed: eventStore(world.sealed, sealedReadings),
      plain: eventStore(world.storage, readingEvents),
      vault: eventStore(world.sealed, readingEvents),
    }
    const events = sampleEvents(Math.max(WRITERS * each, alone))
    // The keys of the first round exist from then on, as they do for most appends.
    const rate = async (side: keyof typeof stores, writers: number, count: number) => {
      const write = async (_: unknown, writer: number) => {
        for (let i = 0; i < count; i++) {
          const event = events[writer * count + i] as (typeof events)[number]
          await stores[side].append(`${side}:${writer}`, [event], { expectedVersion: 'any' })
        }
      }
      const time = await seconds(() => Promise.all(Array.from({ length: writers }, write)))
      return (writers * count) / time
    }
    const rates = await interleave(
      repetitions,
      {
        sealed: () => rate('sealed', WRITERS, each),
        plain: () => rate('plain', WRITERS, each),
        vault: () => rate('vault', WRITERS, each),
        sealedAlone: () => rate('sealed', 1, alone),
        plainAlone: () => rate('plain', 1, alone),
        vaultAlone: () => rate('vault', 1, alone),
      },
      until,
    )
    const peer = 'the same events in clear, equally durable'
    const ratio = (id: string, label: string, [side, to]: [number[], number[]], atLeast: number) =>
      against(peer, row(id, `${label}: to plain`, ratioOf(side, to), 'x', { atLeast }))
    return [
      ratio('privacy-append-64', `sealed, ${WRITERS} at once`, [rates.sealed, rates.plain], 0.6),
      ratio('privacy-append-1', 'sealed, one by one', [rates.sealedAlone, rates.plainAlone], 0.95),
      ratio(
        'privacy-append-unused-64',
        `a vault, nothing sealed, ${WRITERS} at once`,
        [rates.vault, rates.plain],
        0.98,
      ),
      ratio(
        'privacy-append-unused-1',
        'a vault, nothing sealed, one by one',
        [rates.vaultAlone, rates.plainAlone],
        0.98,
      ),
      row('privacy-append-rate', `sealed, ${WRITERS} at once: events a second`, summarise(rates.sealed), '/s'),
    ]
  },
}
