import { eventStore } from '../../../src/index.ts'
import { openStorage, prepareStorage } from '../../../src/open/open-storage.ts'
import { meterEvents } from './events.ts'

const TARIFFS = ['day', 'night', 'solar']

/** The meter whose readings `meter-totals` parks. */
export const PARKED_METER = '87000042'

/** Creates a storage with meters and their readings. One has an area, and one a reading, that the release cannot handle. */
export async function seed(url: string, meters: number): Promise<void> {
  await prepareStorage(url, 'the storage')
  await using storage = await openStorage(url)
  const store = eventStore(storage, meterEvents)
  const append = async (i: number) => {
    const id = String(87_000_000 + i)
    const postalCode = `${i === 7 ? 9 : 1 + (i % 8)}0${10 + (i % 80)} AB`
    const events = [
      meterEvents.create('MeterRegistered', { postalCode, tariff: TARIFFS[i % 3] ?? '' }),
      ...Array.from({ length: 5 }, (_, day) =>
        meterEvents.create('MeterRead', {
          date: `2026-11-${10 + day}`,
          kilowattHours: id === PARKED_METER && day === 3 ? 4096.5 : 6 + ((i * 7 + day) % 9),
        }),
      ),
    ]
    await store.append(`meter:${id}`, events, { expectedVersion: 'noStream' })
  }
  for (let i = 0; i < meters; i += 50) {
    await Promise.all(Array.from({ length: Math.min(50, meters - i) }, (_, j) => append(i + j)))
  }
}
