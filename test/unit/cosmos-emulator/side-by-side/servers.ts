import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Container, CosmosClient } from '@azure/cosmos'
import { createHttpServer } from '@vercel/cosmosdb-server'
import { startCosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'

/** A server with a client on it, closed at the end of a test. */
export type Server = AsyncDisposable & {
  /** A container of its own, partitioned by `/customer`. */
  newContainer(): Promise<Container>
}

/** Our emulator, and `@vercel/cosmosdb-server`. */
export const openOurs = async (): Promise<Server> => {
  const emulator = await startCosmosEmulator()
  return serverOf(emulator.endpoint, emulator.key, () => emulator.close())
}

export const openTheirs = async (): Promise<Server> => {
  const server = createHttpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return serverOf(`http://127.0.0.1:${port}/`, 'c2VjcmV0', async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
}

async function serverOf(endpoint: string, key: string, close: () => Promise<void>): Promise<Server> {
  // It says of itself that it speaks HTTPS, which it does not when it was made without.
  const client = new CosmosClient({ endpoint, key, connectionPolicy: { enableEndpointDiscovery: false } })
  const { database } = await client.databases.create({ id: 'shop' })
  let containers = 0
  return {
    async newContainer() {
      const id = `orders ${++containers}`
      const definition = {
        id,
        partitionKey: { paths: ['/customer'], version: 2 },
        indexingPolicy: {
          includedPaths: [{ path: '/*' }],
          compositeIndexes: [
            [
              { path: '/kind', order: 'ascending' as const },
              { path: '/n', order: 'descending' as const },
            ],
          ],
        },
      }
      return (await database.containers.create(definition)).container
    },
    async [Symbol.asyncDispose]() {
      client.dispose()
      await close()
    },
  }
}
