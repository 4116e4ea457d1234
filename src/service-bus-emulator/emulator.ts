import { type Clock, systemClock } from '../core/clock.ts'
import { InvalidConfiguration, InvalidOption } from '../core/errors/input.ts'
import { serveAdministration } from './administration/server.ts'
import { Dispatcher } from './amqp/dispatcher.ts'
import { Listener } from './amqp/listener.ts'
import { BrokerError } from './broker/broker-error.ts'
import { type Limits, Namespace } from './broker/namespace.ts'
import { Queue } from './broker/queue.ts'
import { defineEntities } from './define-entities.ts'
import { type FaultHook, POSSIBLE } from './faults/fault.ts'
import { type InspectedEntity, inspect } from './inspect.ts'
import { readLimits } from './options/limits.ts'
import type { ServiceBusEmulatorOptions } from './options.ts'
import { restore } from './store/restore.ts'
import { NO_STORE } from './store/store.ts'

/** An emulator of Azure Service Bus that listens on loopback. */
export type ServiceBusEmulator = {
  /** For `new ServiceBusClient(…)`. */
  readonly connectionString: string
  readonly port: number
  /** For `new ServiceBusAdministrationClient(…)`, to whose pipeline `plainHttpPolicy` must be added. */
  readonly administrationConnectionString: string
  /** Where its time comes from. */
  readonly clock: Clock
  /** Decides what goes wrong; `undefined` for nothing. Can be changed at any time. */
  faults: FaultHook | undefined
  /** What is in a queue, subscription or dead-letter queue. @throws InvalidOption if it is not there */
  inspect(path: string): InspectedEntity
  /** Breaks all connections that are open. */
  disconnect(): void
  /** Stops listening, and breaks the connections that are open. */
  close(): Promise<void>
}

/**
 * Starts an emulator of Azure Service Bus on 127.0.0.1. The unmodified `@azure/service-bus` talks to it.
 *
 * @throws InvalidConfiguration that names the option; the error of node:net if it cannot listen
 */
export async function startServiceBusEmulator(options: ServiceBusEmulatorOptions = {}): Promise<ServiceBusEmulator> {
  const { clock = systemClock, entities = {}, port = 0, administrationPort = 0, data } = options
  const limits = readLimits(options.limits)
  // SQLite is loaded only where there is a folder.
  const store = data === undefined ? NO_STORE : (await import('./store/folder-store.ts')).openFolder(data)
  const namespace = new Namespace(clock, store, limits)
  try {
    restoreWithin(limits, namespace)
    store.atomically(() => defineEntities(namespace, entities))
  } catch (error) {
    namespace.close()
    store.close()
    throw error
  }
  const dispatcher = new Dispatcher()
  const listener = new Listener(
    {
      namespace,
      dispatcher,
      clock,
      run: (work) => store.atomically(work),
      faultAt: (point) => {
        const fault = emulator.faults?.(point)
        return fault !== undefined && POSSIBLE[point.on].includes(fault) ? fault : undefined
      },
    },
    limits.connections,
  )
  const abandon = (error: unknown): never => {
    namespace.close()
    store.close()
    throw error
  }
  const bound = await listener.listen(port).catch(abandon)
  const since = new Date(clock.now())
  const administration = await serveAdministration(namespace, administrationPort, since).catch(async (error) => {
    await listener.close()
    return abandon(error)
  })
  const emulator: ServiceBusEmulator = {
    connectionString: connectionStringOf(bound),
    administrationConnectionString: connectionStringOf(administration.port),
    port: bound,
    clock,
    faults: options.faults,
    inspect(path) {
      store.atomically(() => namespace.advance())
      const found = namespace.find(path)
      if (found instanceof Queue) return inspect(found)
      throw new InvalidOption('path', 'the path of a queue, a subscription or a dead-letter queue', path)
    },
    disconnect: () => listener.disconnect(),
    close: once(async () => {
      dispatcher.off()
      namespace.close()
      await Promise.all([listener.close(), administration.close()])
      store.close()
    }),
  }
  return emulator
}

/** Limits may have been larger when the folder was filled. @throws InvalidConfiguration */
function restoreWithin(limits: Limits, namespace: Namespace): void {
  try {
    restore(namespace)
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
    const told = Object.entries(limits).map(([name, limit]) => `${name} ${limit}`)
    const reason = `the folder of the emulator's data has more than they allow (${told.join(', ')}): ${error.message}`
    throw new InvalidConfiguration('limits', reason, { cause: error })
  }
}

const connectionStringOf = (port: number): string =>
  `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=emulator;UseDevelopmentEmulator=true;`

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => {
    closing ??= close()
    return closing
  }
}
