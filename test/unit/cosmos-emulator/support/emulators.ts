import { type Container, CosmosClient } from '@azure/cosmos'
import {
  cosmosEmulator,
  type Emulator,
  type EmulatorOptions,
  startCosmosEmulator,
} from '../../../../src/cosmos-emulator/index.ts'

/** An emulator with an SDK's client on it. */
export type OpenEmulator = AsyncDisposable & {
  readonly emulator: Emulator
  readonly endpoint: string
  readonly client: CosmosClient
  /** Another client that caches nothing of what the first one knows. */
  newClient(): CosmosClient
}

type Open = (options?: EmulatorOptions) => Promise<OpenEmulator>

export const openInProcess: Open = async (options) => {
  const emulator = cosmosEmulator(options)
  const { endpoint, key, httpClient } = emulator
  const clients = clientsOf(() => new CosmosClient({ endpoint, key, httpClient }))
  return {
    emulator,
    endpoint,
    ...clients,
    [Symbol.asyncDispose]: async () => clients.dispose(),
  }
}

export const openOverHttp: Open = async (options) => {
  const emulator = await startCosmosEmulator(options)
  const { endpoint, key } = emulator
  const clients = clientsOf(() => new CosmosClient({ endpoint, key }))
  return {
    emulator,
    endpoint,
    ...clients,
    async [Symbol.asyncDispose]() {
      clients.dispose()
      await emulator.close()
    },
  }
}

/** Both ways to reach an emulator, to run a test over each. */
export const TRANSPORTS = [
  ['in process', openInProcess],
  ['over HTTP', openOverHttp],
] as const

/** The container `shop/orders`, partitioned by `/customer`, made when it is not there. */
export async function ordersOf(client: CosmosClient): Promise<Container> {
  const { database } = await client.databases.createIfNotExists({ id: 'shop' })
  const definition = { id: 'orders', partitionKey: { paths: ['/customer'], version: 2 } }
  return (await database.containers.createIfNotExists(definition)).container
}

function clientsOf(make: () => CosmosClient) {
  const clients: CosmosClient[] = []
  const newClient = () => {
    const client = make()
    clients.push(client)
    return client
  }
  return {
    client: newClient(),
    newClient,
    dispose() {
      for (const client of clients) client.dispose()
    },
  }
}
