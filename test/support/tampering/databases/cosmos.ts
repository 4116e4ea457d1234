import { CosmosClient } from '@azure/cosmos'
import { openCosmosPort } from '../../../../src/adapters/cosmos/index.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { cosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import type { RawDatabase, RawRef } from '../raw-database.ts'

type Item = { readonly id: string; readonly [field: string]: unknown }

const idOf = ([streamId, version]: RawRef): string => `${streamId}:${version}`

/** A database of Azure Cosmos DB, in our emulator, and its documents as any client with the account's key sees them. */
export function cosmosDatabase(): RawDatabase {
  const { endpoint, key, httpClient } = cosmosEmulator({ partitions: 2 })
  const client = new CosmosClient({ endpoint, key, httpClient })
  const ports: StoragePort[] = []
  const container = () => client.database('x').container('events')
  const take = async ([streamId, version]: RawRef): Promise<Item> => {
    const item = container().item(idOf([streamId, version]), streamId)
    const { resource } = await item.read()
    if (resource === undefined) throw new Error(`There is no ${idOf([streamId, version])}`)
    await item.delete()
    const { _rid, _self, _etag, _attachments, _ts, ...own } = resource
    return own as Item
  }
  const put = async (item: Item) => void (await container().items.create(item))
  return {
    kind: 'cosmos',
    async open() {
      const port = await openCosmosPort(client, { database: 'x', setup: true })
      ports.push(port)
      return port
    },
    async change(event, change) {
      const item = await take(event)
      await put({ ...item, ...change(item as never) })
    },
    async remove(...events) {
      for (const event of events) await take(event)
    },
    async rename(from, to) {
      const query = { query: 'SELECT * FROM c WHERE c.stream.id = @id', parameters: [{ name: '@id', value: from }] }
      const { resources } = await container().items.query<{ stream: { version: number } }>(query).fetchAll()
      for (const { stream } of resources) {
        const item = await take([from, stream.version])
        await put({ ...item, id: idOf([to, stream.version]), stream: { id: to, version: stream.version } })
      }
    },
    async append([streamId, version], { eventType, eventData, metadata }) {
      const own = { eventId: `raw-${version}`, recordedAt: new Date().toISOString(), ...metadata }
      const item = { id: idOf([streamId, version]), stream: { id: streamId, version }, eventType, eventData }
      await put({ ...item, metadata: own, appendId: `raw-${version}` })
    },
    async swapVersions(streamId, one, other) {
      const [first, second] = [await take([streamId, one]), await take([streamId, other])]
      await put({ ...first, id: second.id, stream: second.stream })
      await put({ ...second, id: first.id, stream: first.stream })
    },
    async [Symbol.asyncDispose]() {
      for (const port of ports) await port.close()
      client.dispose()
    },
  }
}
