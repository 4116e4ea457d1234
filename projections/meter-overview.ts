import { meterEvents } from '../src/demo/domain/events.ts'
import { defineProjection, idOf } from '../src/index.ts'

/** What a list of meters shows for each one. */
export type MeterOverview = {
  readonly meterId: string
  readonly postalCode: string
  readonly houseNumber: string
  readonly status: 'registered' | 'active' | 'deregistered'
  readonly failedActivationAttempts: number
  readonly latestReadingDate: string | null
}

/**
 * One view for each meter; its key is the meter's id. Order holds within a stream, and a meter has one for each year:
 * events of different years may be folded in any order, so no handler relies on it.
 */
export default defineProjection('meter-overview', {
  events: meterEvents,
  key: ({ streamId }) => idOf(streamId),
  // Lists are filtered by postal code.
  indexes: ['postalCode'],
  initial: (meterId: string): MeterOverview => ({
    meterId,
    postalCode: '',
    houseNumber: '',
    status: 'registered',
    failedActivationAttempts: 0,
    latestReadingDate: null,
  }),
  on: {
    MeterRegistered: (view, { data: { postalCode, houseNumber } }) => ({ ...view, postalCode, houseNumber }),
    MeterActivated: (view) => (view.status === 'deregistered' ? view : { ...view, status: 'active' }),
    MeterActivationFailed: (view) => ({ ...view, failedActivationAttempts: view.failedActivationAttempts + 1 }),
    MeterReadingsCollected: (view, { data: { date } }) =>
      date > (view.latestReadingDate ?? '') ? { ...view, latestReadingDate: date } : view,
    MeterDeregistered: (view) => ({ ...view, status: 'deregistered' }),
  },
})
