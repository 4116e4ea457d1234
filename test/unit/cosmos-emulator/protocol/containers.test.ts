import assert from 'node:assert/strict'
import { describe, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess, ordersOf, TRANSPORTS } from '../support/emulators.ts'

const answers = (status: number) => (error: { code?: unknown }) => error.code === status

describe.each(TRANSPORTS)('databases and containers, %s', (_, open) => {
  test('are created once, read, listed, replaced and deleted', async () => {
    await using opened = await open({ partitions: 2 })
    const { client } = opened
    const orders = await ordersOf(client)
    await ordersOf(client)
    await assert.rejects(client.databases.create({ id: 'shop' }), answers(409))
    const { database } = orders
    await assert.rejects(database.containers.create({ id: 'orders', partitionKey: '/customer' }), answers(409))
    await assert.rejects(client.database('none').containers.create({ id: 'c', partitionKey: '/a' }), answers(404))
    const { resource } = await orders.read()
    assert.deepEqual(resource?.partitionKey, { paths: ['/customer'], kind: 'Hash', version: 2 })
    assert.equal(Buffer.from(String(resource?._rid), 'base64').length, 8)
    await orders.replace({ ...resource, id: 'orders', partitionKey: resource.partitionKey, defaultTtl: 60 })
    assert.equal((await orders.read()).resource?.defaultTtl, 60)
    await assert.rejects(orders.replace({ id: 'orders', partitionKey: { paths: ['/other'] } }), answers(400))
    assert.deepEqual(
      (await database.containers.readAll().fetchAll()).resources.map(({ id }) => id),
      ['orders'],
    )
    const query = { query: 'SELECT * FROM d WHERE d.id = @id', parameters: [{ name: '@id', value: 'shop' }] }
    assert.equal((await client.databases.query(query).fetchAll()).resources.length, 1)
    const { resources: ranges } = await orders.readPartitionKeyRanges().fetchAll()
    assert.deepEqual(
      ranges.map(({ id, minInclusive }) => [id, minInclusive.slice(0, 4)]),
      [
        ['0', ''],
        ['1', '1FFF'],
      ],
    )
    await orders.delete()
    await assert.rejects(orders.read(), answers(404))
    await database.delete()
    assert.deepEqual((await client.databases.readAll().fetchAll()).resources, [])
  })

  test('a container that is created anew has another resource id', async () => {
    await using opened = await open()
    const first = await (await ordersOf(opened.client)).read()
    await first.container.delete()
    const second = await (await ordersOf(opened.client)).read()
    assert.notEqual(first.resource?._rid, second.resource?._rid)
  })

  test('have a throughput, and partitions for it', async () => {
    await using opened = await open()
    const { database } = await opened.client.databases.create({ id: 'shop' })
    const { container } = await database.containers.create({ id: 'a', partitionKey: '/k', throughput: 500 })
    const { resource, offer } = await container.readOffer()
    assert.equal(resource?.content?.offerThroughput, 500)
    const body = (await offer?.read())?.resource ?? assert.fail()
    await offer?.replace({ ...body, content: { ...body.content, offerThroughput: 20_000 } } as typeof body)
    assert.equal(opened.emulator.partitions('shop', 'a').length, 2)
    await database.containers.create({ id: 'b', partitionKey: '/k', maxThroughput: 4_000 })
    const b = await database.container('b').readOffer()
    assert.equal(b.resource?.content?.offerAutopilotSettings?.maxThroughput, 4_000)
    await database.containers.create({ id: 'd', partitionKey: '/k', throughput: 24_000 })
    await database.containers.create({ id: 'e', partitionKey: '/k', maxThroughput: 24_000 })
    assert.deepEqual(
      ['d', 'e'].map((id) => opened.emulator.partitions('shop', id).length),
      [4, 3],
    )
    await assert.rejects(database.containers.create({ id: 'c', partitionKey: '/k', throughput: 50 }), answers(400))
  })

  test('keep unique keys within a partition key', async () => {
    await using opened = await open()
    const { database } = await opened.client.databases.create({ id: 'shop' })
    const { container } = await database.containers.create({
      id: 'a',
      partitionKey: '/k',
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail', '/kind'] }] },
    })
    await container.items.create({ id: '1', k: 'x', mail: 'm', kind: 1 })
    await container.items.create({ id: '2', k: 'x', mail: 'm', kind: 2 })
    await container.items.create({ id: '3', k: 'y', mail: 'm', kind: 1 })
    await assert.rejects(container.items.create({ id: '4', k: 'x', mail: 'm', kind: 1 }), answers(409))
    await container.item('1', 'x').replace({ id: '1', k: 'x', mail: 'm', kind: 1, n: 2 })
    await assert.rejects(container.item('2', 'x').replace({ id: '2', k: 'x', mail: 'm', kind: 1 }), answers(409))
  })
})

test('documents expire by the clock, by default or by their own time to live', async () => {
  const clock = manualClock()
  await using opened = await openInProcess({ clock })
  const { database } = await opened.client.databases.create({ id: 'shop' })
  const { container } = await database.containers.create({ id: 'a', partitionKey: '/k', defaultTtl: 10 })
  await container.items.create({ id: '1', k: 'x' })
  await container.items.create({ id: '2', k: 'x', ttl: 30 })
  await container.items.create({ id: '3', k: 'x', ttl: -1 })
  const left = async () =>
    (await container.items.query('SELECT VALUE c.id FROM c', { partitionKey: 'x' }).fetchAll()).resources
  clock.advance(9_000)
  assert.deepEqual(await left(), ['1', '2', '3'])
  clock.advance(1_000)
  assert.deepEqual(await left(), ['2', '3'])
  await container.items.create({ id: '1', k: 'x' })
  clock.advance(3_600_000)
  assert.deepEqual(await left(), ['3'])
})
