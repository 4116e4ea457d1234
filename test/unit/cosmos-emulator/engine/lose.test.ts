import { ChangeFeedStartFrom, CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { cosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'

test('what a partition loses is gone, and its LSNs are given again, also after reads of older states', async () => {
  const emulator = cosmosEmulator({ staleReads: 1 })
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const { database } = await client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'orders', partitionKey: '/id' })
  for (const id of ['a', 'b', 'c', 'd']) await container.items.create({ id })
  emulator.lose('shop', 'orders', '0', 2)
  emulator.staleReads = 0
  const idsOf = async () => (await container.items.query<string>('SELECT VALUE c.id FROM c').fetchAll()).resources
  expect(await idsOf()).toEqual(['a', 'b'])
  const { headers } = await container.items.create({ id: 'e' })
  expect(headers['x-ms-session-token']).toBe('0:-1#3')
  await container.items.create({ id: 'd' })
  const changeFeedStartFrom = ChangeFeedStartFrom.Beginning()
  const feed = container.items.getChangeFeedIterator<{ id: string; _lsn: number }>({ changeFeedStartFrom })
  const { result } = await feed.readNext()
  expect(result.map(({ id, _lsn }) => [id, _lsn])).toEqual([
    ['a', 1],
    ['b', 2],
    ['e', 3],
    ['d', 4],
  ])
  expect(emulator.partitions('shop', 'orders')).toMatchObject([{ lsn: 4, documents: 4 }])
  expect(await idsOf()).toEqual(['a', 'b', 'e', 'd'])
  emulator.lose('shop', 'orders', '0', 9)
  expect(emulator.partitions('shop', 'orders')).toMatchObject([{ lsn: 4, documents: 4 }])
  expect(() => emulator.lose('shop', 'orders', '7', 0)).toThrow(expect.objectContaining({ status: 400 }))
})
