import { defineAggregate } from '../../../aggregates/aggregate.ts'
import { CustomerAlreadyRegistered } from '../errors.ts'
import { emailKey } from './email.ts'
import { type CustomerData, type CustomerEvent, customerEvents } from './events.ts'

/** The state that a customer's commands are decided on. */
export type CustomerState = CustomerData & {
  /** `unknown` if there is no such customer; `forgotten` if all data consists of stand-ins. */
  readonly status: 'unknown' | 'registered' | 'forgotten'
}

const initial: CustomerState = { status: 'unknown', customerId: '', name: '', email: '', address: '' }

/** A customer: one stream, `customer:<id>`. No two customers have the same e-mail address at the same time. */
export const customer = defineAggregate({
  category: 'customer',
  events: customerEvents,
  initial,
  evolve: {
    CustomerRegistered: (_, { data, redacted }) => ({ ...data, status: redacted ? 'forgotten' : 'registered' }),
  },
  unique: { email: ({ status, email }) => (status === 'registered' ? emailKey(email) : null) },
})

/**
 * Registers a customer. One who was forgotten may return, but their data can be sealed only after they were admitted.
 *
 * @throws CustomerAlreadyRegistered
 */
export function registerCustomer({ status }: CustomerState, data: CustomerData): CustomerEvent {
  if (status === 'registered') throw new CustomerAlreadyRegistered(data.customerId)
  return { type: 'CustomerRegistered', data }
}
