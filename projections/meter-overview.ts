import { meterEvents } from '../src/demo/domain/meters/events.ts'
import { FORGOTTEN } from '../src/demo/domain/text.ts'
import { defineProjection, idOf } from '../src/index.ts'

/** What a list of meters shows for each one. */
export type MeterOverview = {
  readonly meterId: string
  /** The customer who lives there, if one is known. */
  readonly customerId?: string
  /** The address of a meter without a customer; empty for others. */
  readonly postalCode: string
  readonly houseNumber: string
  /** The address of a meter with a customer: personal data, and sealed. */
  readonly address?: { readonly postalCode: string; readonly houseNumber: string }
  readonly status: 'registered' | 'active' | 'expired' | 'deregistered'
  /** Whether the customer was reminded that the meter is not activated. */
  readonly activationReminded: boolean
  readonly failedActivationAttempts: number
  readonly latestReadingDate: string | null
}

/**
 * One view for each meter; its key is the meter's id. Order holds within a stream, and a meter has one for each year:
 * events of different years may be folded in any order, so no handler relies on it.
 *
 * A customer's address is sealed in the view: when the customer is forgotten, it cannot be opened any more, and nothing has to
 * be found or changed. The price is that no query can filter by it; `customers` makes the other choice.
 */
export default defineProjection('meter-overview', {
  version: 3,
  events: meterEvents,
  key: ({ streamId }) => idOf(streamId),
  // Lists are filtered by postal code.
  indexes: ['postalCode'],
  personal: {
    of: ({ customerId }) => customerId,
    fields: { address: { postalCode: FORGOTTEN, houseNumber: FORGOTTEN } },
  },
  initial: (meterId: string): MeterOverview => ({
    meterId,
    postalCode: '',
    houseNumber: '',
    status: 'registered',
    activationReminded: false,
    failedActivationAttempts: 0,
    latestReadingDate: null,
  }),
  on: {
    MeterRegistered: (view, { data: { customerId, postalCode, houseNumber } }) =>
      customerId === undefined
        ? { ...view, postalCode, houseNumber }
        : { ...view, customerId, address: { postalCode, houseNumber } },
    MeterActivated: (view) => (view.status === 'deregistered' ? view : { ...view, status: 'active' }),
    MeterActivationReminded: (view) => ({ ...view, activationReminded: true }),
    MeterActivationExpired: (view) => (view.status === 'registered' ? { ...view, status: 'expired' } : view),
    MeterActivationFailed: (view) => ({ ...view, failedActivationAttempts: view.failedActivationAttempts + 1 }),
    MeterReadingsCollected: (view, { data: { date } }) =>
      date > (view.latestReadingDate ?? '') ? { ...view, latestReadingDate: date } : view,
    MeterDeregistered: (view) => ({ ...view, status: 'deregistered' }),
  },
})
