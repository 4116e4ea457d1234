import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { NewEventDocument } from '../../../src/core/index.ts'
import { interleave, seconds } from '../../support/interleave.ts'
import { type Measure, row } from '../../support/measure.ts'
import { METERS, readingData } from '../../support/sample-events.ts'
import { openSealed, sealedReadings } from '../../support/sealed-readings.ts'
import { summarise } from '../../support/statistics.ts'

const BATCH = 1_000

/** Sealing and opening 150 bytes of an event, under a key that is cached; and a page of 1,000 people, none of which is. */
export const sealing: Measure = {
  id: 'privacy-seal',
  title: 'sealing and opening 150 bytes, and keys that are not cached',

  async run({ folder, quick, repetitions, until }) {
    const batches = quick ? 20 : 100
    await using world = await openSealed(folder)
    const { vault, calls, master, open } = world
    const { definitions } = sealedReadings
    const make = (meterOf: (n: number) => string): NewEventDocument[] =>
      Array.from({ length: BATCH }, (_, n) => ({
        eventType: 'ReadingTaken',
        eventData: { ...readingData(n), meterId: meterOf(n) },
        metadata: { eventId: uuidV7() },
      }))
    const stored = (documents: readonly NewEventDocument[]) =>
      documents.map((document, i) => ({
        ...document,
        id: `reading:1:${i + 1}`,
        stream: { id: 'reading:1', version: i + 1 },
        metadata: { ...document.metadata, recordedAt: '2026-01-01T00:00:00.000Z' },
      }))
    const events = make(() => '87000001')
    const sealed = stored(await vault.events.seal('reading:1', events, definitions))
    const each = async (work: () => Promise<unknown>) => {
      // Of the processor, which other programs use as well.
      const before = process.cpuUsage()
      for (let i = 0; i < batches; i++) await work()
      const { user, system } = process.cpuUsage(before)
      return (user + system) / (batches * BATCH)
    }
    const times = await interleave(
      repetitions,
      {
        seal: () => each(() => vault.events.seal('reading:1', events, definitions)),
        open: () => each(() => vault.events.open(sealed, definitions, { personal: true })),
      },
      until,
    )

    const people = stored(
      await vault.events.seal(
        'reading:1',
        make((n) => String(METERS + n)),
        definitions,
      ),
    )
    const cold = await open()
    const [keys, wrapped] = [calls.keys, master.calls]
    const time = await seconds(() => cold.events.open(people, definitions, { personal: true }))
    return [
      row('privacy-seal', 'sealing 150 bytes of an event', summarise(times.seal), 'µs', { below: 12 }),
      row('privacy-open', 'opening 150 bytes of an event', summarise(times.open), 'µs', { below: 8 }),
      row('privacy-cold-keys', `a cold page of ${BATCH} people: reads of keys`, summarise([calls.keys - keys]), '', {
        below: 3,
      }),
      row('privacy-cold-master', 'the same: calls of the master key', summarise([master.calls - wrapped]), '', {
        below: 1,
      }),
      row('privacy-cold-time', 'the same: milliseconds', summarise([time * 1000]), 'ms'),
    ]
  },
}
