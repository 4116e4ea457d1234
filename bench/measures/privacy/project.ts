import { join } from 'node:path'
import { defineProjection, eventStore, startProcessor } from '../../../src/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { against, type Measure, row } from '../../support/measure.ts'
import { readingEvent, readingEvents } from '../../support/sample-events.ts'
import { openSealed, sealedReadings } from '../../support/sealed-readings.ts'
import { ratioOf, summarise } from '../../support/statistics.ts'

const VIEWS = 100
const BATCH = 100

/** A projection that reads nothing personal, over sealed events and over the same in clear. */
export const plainProjection: Measure = {
  id: 'privacy-project',
  title: 'a projection without personal data, over sealed events',

  async run({ folder, quick, repetitions, until, progress }) {
    const count = quick ? 5_000 : 100_000
    await using sealed = await openSealed(join(folder, 'sealed'), { ranges: 1 })
    await using plain = await openSealed(join(folder, 'plain'), { ranges: 1 })
    progress(`appending ${count.toLocaleString('en-US')} events twice`)
    const stores = [eventStore(sealed.sealed, sealedReadings), eventStore(plain.storage, readingEvents)] as const
    let lasts: string[] = []
    for (let n = 0; n < count; n += BATCH) {
      const events = Array.from({ length: BATCH }, (_, i) => readingEvent(n + i))
      const id = `reading:${(n / BATCH) % VIEWS}`
      const appended = [
        await stores[0].append(id, events, { expectedVersion: 'any' }),
        await stores[1].append(id, events, { expectedVersion: 'any' }),
      ]
      lasts = appended.map(({ position }) => position)
    }
    const lastKey = `reading:${(count / BATCH - 1) % VIEWS}`
    const run = async (side: typeof sealed, events: typeof sealedReadings, last: string, name: string) => {
      const projection = defineProjection(name, {
        events,
        key: ({ streamId }) => streamId,
        initial: () => ({ kWh: 0 }),
        on: { ReadingTaken: (view, { data }) => ({ kWh: view.kWh + data.kWh }) },
      })
      const time = await seconds(async () => {
        await using _ = await startProcessor(side.sealed, [projection], { onError: (error) => console.error(error) })
        await side.sealed.views.waitFor(projection, lastKey, last, { timeout: 120_000 })
      })
      await side.storage.viewStore.drop(name, 1)
      return count / time
    }
    const before = sealed.calls.keys
    const clear = readingEvents as unknown as typeof sealedReadings
    const rates = await interleave(
      repetitions,
      {
        sealed: (round) => run(sealed, sealedReadings, lasts[0] as string, `sealed-${round}`),
        plain: (round) => run(plain, clear, lasts[1] as string, `plain-${round}`),
      },
      until,
    )
    return [
      against(
        'the same events in clear',
        row('privacy-project', 'plain projection, sealed events: to plain', ratioOf(rates.sealed, rates.plain), 'x', {
          atLeast: 0.97,
        }),
      ),
      row('privacy-project-keys', 'the same: reads of keys', summarise([sealed.calls.keys - before]), '', { below: 1 }),
      row('privacy-project-rate', 'the same: events a second', summarise(rates.sealed), '/s'),
    ]
  },
}
