import { defineProjection } from '../../src/index.ts'
import { readingEvents } from './sample-events.ts'

/** What the benchmarks' projection keeps of a meter. */
export type Consumption = {
  readonly meterId: string
  readonly readings: number
  readonly kWh: number
  /** The highest register that was read. */
  readonly register: number
}

/**
 * A projection with one view a meter, about as much work as a real one.
 *
 * @param name each run folds under a name of its own, so that it begins with no views
 */
export const consumptionProjection = (name: string) =>
  defineProjection(name, {
    events: readingEvents,
    key: ({ data }) => data.meterId,
    initial: (meterId: string): Consumption => ({ meterId, readings: 0, kWh: 0, register: 0 }),
    on: {
      ReadingTaken: (view, { data }) => ({
        ...view,
        readings: view.readings + 1,
        kWh: view.kWh + data.kWh,
        register: Math.max(view.register, data.register),
      }),
    },
  })
