import { meterEvents } from '../src/demo/domain/meters/events.ts'
import { defineProjection } from '../src/index.ts'

/**
 * How many meters were ever activated. A deregistration does not reduce the number, because it does not change the
 * past.
 */
export type TotalActivatedMeters = { readonly count: number }

/** The key of the one view. */
export const TOTAL = 'all'

/** One view over all streams. */
export default defineProjection('total-activated-meters', {
  events: meterEvents,
  key: ({ type }) => (type === 'MeterActivated' ? TOTAL : null),
  initial: (): TotalActivatedMeters => ({ count: 0 }),
  on: {
    MeterActivated: ({ count }) => ({ count: count + 1 }),
  },
})
