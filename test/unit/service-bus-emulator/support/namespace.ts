import { ServiceBusClient } from '@azure/service-bus'
import {
  type ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
  startServiceBusEmulator,
} from '../../../../src/service-bus-emulator/index.ts'

/** An emulator and a client of it, both closed at the end of the scope. */
export type Namespace = AsyncDisposable & { readonly emulator: ServiceBusEmulator; readonly client: ServiceBusClient }

/** What a client must not wait for longer than, in milliseconds. */
const TIMEOUT = 3_000

if (process.env.SERVICE_BUS_CONNECTION_STRING) {
  console.warn('NOT RUN ON THE NAMESPACE of SERVICE_BUS_CONNECTION_STRING: it has no clock or faults of a test')
}

/** Starts an emulator, and connects the SDK to it without retries. */
export async function namespaceOf(options: ServiceBusEmulatorOptions): Promise<Namespace> {
  const emulator = await startServiceBusEmulator(options)
  const client = clientOf(emulator)
  return {
    emulator,
    client,
    async [Symbol.asyncDispose]() {
      await client.close()
      await emulator.close()
    },
  }
}

/** Another client of an emulator. */
export const clientOf = ({ connectionString }: ServiceBusEmulator, timeoutInMs = TIMEOUT): ServiceBusClient =>
  new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs } })
