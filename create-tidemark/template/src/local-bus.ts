//? bus=service-bus
import { addressOf } from 'tidemark/messaging'
import { startServiceBusEmulator } from 'tidemark/service-bus-emulator'
import { contract } from './contract.ts'

/**
 * Starts an emulator of Azure Service Bus in this process, unless SERVICE_BUS_CONNECTION_STRING names a bus; then sets
 * that variable. Its queue keeps messages in memory, until another service receives them.
 */
export async function startLocalBus(environment: NodeJS.ProcessEnv): Promise<{ close(): Promise<void> }> {
  if (environment.SERVICE_BUS_CONNECTION_STRING) return { close: async () => {} }
  const queue = { requiresSession: true, requiresDuplicateDetection: true }
  const address = addressOf(environment.TIDEMARK_ENVIRONMENT, contract)
  const emulator = await startServiceBusEmulator({ entities: { queues: { [address]: queue } } })
  environment.SERVICE_BUS_CONNECTION_STRING = emulator.connectionString
  console.log(`The bus is an emulator: ${emulator.connectionString}`)
  return emulator
}
