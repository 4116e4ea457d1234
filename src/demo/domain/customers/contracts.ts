import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import { uuidOf } from '../../../core/append/uuid.ts'
import { eventStore } from '../../../core/events/event-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { formatStreamId } from '../../../core/stream-id.ts'
import { noTelemetry, type Telemetry } from '../../../core/telemetry/telemetry.ts'
import { type CommandOptions, type ConditionalOptions, written } from '../command.ts'
import { ContractNotFound, CustomerForgotten } from '../errors.ts'
import type { CustomerWrite } from './customers.ts'
import { contractEvents } from './events.ts'

/** A customer's contract. */
export type Contract = {
  readonly streamId: string
  readonly version: number
  /** A PDF. */
  readonly content: Uint8Array
}

/** The contracts of customers, of whom each has the latest one. */
export type Contracts = {
  /** Files a contract, in place of an earlier one. @throws PersonForgotten, WrongExpectedVersion */
  file(customerId: string, content: Uint8Array, options?: CommandOptions & ConditionalOptions): Promise<CustomerWrite>
  /** The latest contract. @throws ContractNotFound, CustomerForgotten */
  latest(customerId: string): Promise<Contract>
}

/** The contracts in a storage. */
export function openContracts(
  storage: StoragePort,
  { telemetry = noTelemetry }: { readonly telemetry?: Telemetry } = {},
): Contracts {
  const store = eventStore(storage, contractEvents, { telemetry })
  const streamOf = (customerId: string) => formatStreamId({ category: 'contract', id: customerId })
  return {
    async file(customerId, content, { commandId, metadata, expectedVersion = 'any' } = {}) {
      const streamId = streamOf(customerId)
      const contract = Buffer.from(content).toString('base64')
      const event = {
        type: 'ContractFiled',
        data: { customerId, bytes: content.byteLength, contract },
        ...(commandId !== undefined && { id: uuidOf('contract', customerId, commandId) }),
      } as const
      const options: { expectedVersion: ExpectedVersion; metadata?: typeof metadata } = { expectedVersion }
      const appended = await store.append(streamId, [event], metadata ? { ...options, metadata } : options)
      return { customerId, ...written({ streamId, ...appended }) }
    },
    async latest(customerId) {
      const streamId = streamOf(customerId)
      const { events } = await store.load(streamId, { direction: 'backwards', limit: 1 })
      const [event] = events
      if (event === undefined) throw new ContractNotFound(customerId)
      const { contract } = event.data
      if (contract === null) throw new CustomerForgotten(customerId)
      return { streamId, version: event.version, content: Buffer.from(contract, 'base64') }
    },
  }
}
