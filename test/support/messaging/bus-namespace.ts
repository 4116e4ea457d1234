import { randomUUID } from 'node:crypto'
import { type CreateQueueOptions, ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus'
import { serviceBusRetryOptions } from '../../../src/connectors/service-bus/index.ts'
import {
  plainHttpPolicy,
  type ServiceBusEmulator,
  startServiceBusEmulator,
} from '../../../src/service-bus-emulator/index.ts'

/** A real namespace, which the tests then use instead of the emulator. They have never been run on one. */
const REAL = process.env.SERVICE_BUS_CONNECTION_STRING

/** What a publisher and a subscriber need. */
const SUITABLE: CreateQueueOptions = {
  requiresSession: true,
  requiresDuplicateDetection: true,
  duplicateDetectionHistoryTimeWindow: 'PT1H',
}

/** A namespace of Service Bus. */
export type BusNamespace = AsyncDisposable & {
  /** Undefined for a real namespace. */
  readonly emulator: ServiceBusEmulator | undefined
  readonly connectionString: string
  connect(): ServiceBusClient
  /** Creates a queue, which is removed at the end. @returns its name */
  createQueue(options?: CreateQueueOptions): Promise<string>
  /** The messages in a queue, and in its dead-letter queue. */
  counts(queue: string): Promise<{ readonly active: number; readonly dead: number }>
}

/** Starts an emulator, or connects to the real namespace. */
export async function openNamespace(): Promise<BusNamespace> {
  const emulator = REAL === undefined ? await startServiceBusEmulator() : undefined
  const connectionString = emulator?.connectionString ?? (REAL as string)
  const admin = new ServiceBusAdministrationClient(emulator?.administrationConnectionString ?? connectionString)
  if (emulator) admin.pipeline.addPolicy(plainHttpPolicy)
  const queues: string[] = []
  return {
    emulator,
    connectionString,
    connect: () => new ServiceBusClient(connectionString, { retryOptions: serviceBusRetryOptions }),
    async createQueue(options = SUITABLE) {
      const name = `tidemark-${randomUUID()}`
      await admin.createQueue(name, options)
      queues.push(name)
      return name
    },
    async counts(queue) {
      const { activeMessageCount, deadLetterMessageCount } = await admin.getQueueRuntimeProperties(queue)
      return { active: activeMessageCount, dead: deadLetterMessageCount }
    },
    async [Symbol.asyncDispose]() {
      if (emulator) return emulator.close()
      for (const queue of queues) await admin.deleteQueue(queue)
    },
  }
}
