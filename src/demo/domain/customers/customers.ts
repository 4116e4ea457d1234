import { repository } from '../../../aggregates/repository.ts'
import { type Clock, systemClock } from '../../../core/clock.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { noTelemetry, type Telemetry } from '../../../core/telemetry/telemetry.ts'
import { type CommandOptions, type Write, written } from '../command.ts'
import { CustomerForgotten, CustomerNotFound } from '../errors.ts'
import { type CustomerState, customer, registerCustomer } from './customer.ts'
import type { CustomerData } from './events.ts'

/** The result of a command on a customer. */
export type CustomerWrite = Write & { readonly customerId: string }

/** A customer as its events tell. */
export type FoundCustomer = { readonly state: CustomerState; readonly streamId: string; readonly version: number }

/** The customers. */
export type Customers = {
  /**
   * Registers a customer, also one who was forgotten and admitted again.
   *
   * @throws CustomerAlreadyRegistered; ValueTaken for the e-mail address of another customer, whatever its case;
   *   PersonForgotten
   */
  register(data: CustomerData, options?: CommandOptions): Promise<CustomerWrite>
  /** Folds the customer's events, so it shows every acknowledged write. @throws CustomerNotFound */
  find(customerId: string): Promise<FoundCustomer>
  /** Checks that data of the customer can be stored. @throws CustomerNotFound, CustomerForgotten */
  assertKnown(customerId: string): Promise<void>
}

/** The customers of a storage. */
export function openCustomers(
  storage: StoragePort,
  { clock = systemClock, telemetry = noTelemetry }: { readonly clock?: Clock; readonly telemetry?: Telemetry } = {},
): Customers {
  const customers = repository(storage, customer, { clock, telemetry })

  const find: Customers['find'] = async (customerId) => {
    const { state, streamId, version, exists } = await customers.load(customerId)
    if (!exists) throw new CustomerNotFound(customerId)
    return { state, streamId, version }
  }

  return {
    find,
    async register(data, options) {
      const { customerId } = data
      const done = await customers.execute(customerId, (state) => registerCustomer(state, data), options)
      return { customerId, ...written(done) }
    },
    async assertKnown(customerId) {
      const { state } = await find(customerId)
      if (state.status === 'forgotten') throw new CustomerForgotten(customerId)
    },
  }
}
