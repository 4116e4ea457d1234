import { defineProjection, type Storage } from '../../src/index.ts'
import { METERS, readingEvents } from './sample-events.ts'

/** What the benchmarks' projection keeps of a meter. */
export type Consumption = {
  readonly meterId: string
  readonly readings: number
  readonly kWh: number
  /** The highest register that was read. */
  readonly register: number
}

// The key of the one view.
const HOT_VIEW = 'all'

const initial = (meterId: string): Consumption => ({ meterId, readings: 0, kWh: 0, register: 0 })

type Taken = { readonly data: { readonly kWh: number; readonly register: number } }

const takeReading = (view: Consumption, { data }: Taken): Consumption => ({
  ...view,
  readings: view.readings + 1,
  kWh: view.kWh + data.kWh,
  register: Math.max(view.register, data.register),
})

/**
 * A projection with one view a meter, about as much work as a real one.
 *
 * @param name each run folds under a name of its own, so that it begins with no views
 */
export const consumptionProjection = (name: string) =>
  defineProjection(name, {
    events: readingEvents,
    key: ({ data }) => data.meterId,
    initial,
    on: { ReadingTaken: takeReading },
  })

/** The same with a single view, which every event of every range goes into. */
export const hotProjection = (name: string) =>
  defineProjection(name, {
    events: readingEvents,
    key: () => HOT_VIEW,
    initial,
    on: { ReadingTaken: takeReading },
  })

/** How many readings the views of a projection hold. */
export async function readingsIn(storage: Storage, projection: string): Promise<number> {
  const keys = [HOT_VIEW, ...Array.from({ length: METERS }, (_, i) => String(87_000_000 + i))]
  const views = await storage.viewStore.getMany(projection, 1, keys)
  return [...views.values()].reduce((sum, { document }) => sum + Number(document.data?.readings), 0)
}
