import assert from 'node:assert/strict'
import { CosmosClient } from '@azure/cosmos'
import { describe, expect, test } from 'vitest'
import { cosmosEmulator, type EmulatorOptions } from '../../../../src/cosmos-emulator/index.ts'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess, ordersOf, TRANSPORTS } from '../support/emulators.ts'
import { sendRaw } from '../support/raw-requests.ts'

/** An emulator whose clients do not wait and repeat when they are throttled. */
function throttling(options: EmulatorOptions) {
  const clock = manualClock()
  const emulator = cosmosEmulator({ clock, ...options })
  const connectionPolicy = { retryOptions: { maxRetryAttemptCount: 0, fixedRetryIntervalInMilliseconds: 0 } as never }
  const client = new CosmosClient({ ...emulator, connectionPolicy })
  return { clock, emulator, client, [Symbol.dispose]: () => client.dispose() }
}

const tooMany = { code: 429, substatus: 3200 }

describe('reads of databases and containers', () => {
  test('are so many in five minutes', async () => {
    using opened = throttling({ metadataRequests: 6 })
    const { clock, client } = opened
    const { container } = await client.databases
      .createIfNotExists({ id: 'd' })
      .then(({ database }) => database.containers.createIfNotExists({ id: 'c', partitionKey: '/k' }))
    // Two reads have been made to find out that nothing exists.
    await client.database('d').read()
    await container.read()
    clock.advance(60_000)
    await client.databases.readAll().fetchAll()
    await client.database('d').containers.readAll().fetchAll()
    await expect(container.read()).rejects.toMatchObject({ ...tooMany, retryAfterInMs: 1_000 })
    await expect(client.database('d').read()).rejects.toMatchObject(tooMany)
    await expect(client.databases.query('SELECT * FROM d').fetchAll()).rejects.toMatchObject(tooMany)
    // What is no such read goes on.
    await container.items.create({ id: '1', k: 'x' })
    assert.equal((await container.item('1', 'x').read()).statusCode, 200)
    await container.readPartitionKeyRanges().fetchAll()
    // Those of a minute ago count for a minute longer than the first ones.
    clock.advance(4 * 60_000)
    for (let i = 0; i < 4; i++) await container.read()
    await expect(container.read()).rejects.toMatchObject(tooMany)
  })

  test('are not limited unless told', async () => {
    using opened = throttling({})
    const { database } = await opened.client.databases.create({ id: 'd' })
    for (let i = 0; i < 600; i++) await database.read()
  })
})

describe('the throughput of a physical partition', () => {
  const orders = async ({ client }: { client: CosmosClient }, throughput?: number) => {
    const { database } = await client.databases.create({ id: 'd' })
    const definition = { id: 'c', partitionKey: { paths: ['/k'], version: 2 }, ...(throughput && { throughput }) }
    return (await database.containers.create(definition)).container
  }

  test('is a number of request units a second; what a request takes beyond is missing later', async () => {
    using opened = throttling({ throughput: 10 })
    const { clock } = opened
    const { items } = await orders(opened)
    // Each takes 4.95 + 0.2: the third is let in with 10.3 spent by two, no more than the first two.
    await items.create({ id: '1', k: 'x' })
    await items.create({ id: '2', k: 'x' })
    await expect(items.create({ id: '3', k: 'x' })).rejects.toMatchObject({ ...tooMany, retryAfterInMs: 30 })
    await expect(items.query('SELECT * FROM c', { partitionKey: 'x' }).fetchAll()).rejects.toMatchObject(tooMany)
    clock.advance(29)
    await expect(items.create({ id: '3', k: 'x' })).rejects.toMatchObject(tooMany)
    clock.advance(2)
    await items.create({ id: '3', k: 'x' })
    await expect(items.create({ id: '4', k: 'x' })).rejects.toMatchObject(tooMany)
    clock.advance(600)
    await items.create({ id: '4', k: 'x' })
    assert.equal(
      await items
        .query('SELECT * FROM c', { partitionKey: 'x' })
        .fetchNext()
        .catch(() => undefined),
      undefined,
    )
    clock.advance(10_000)
    assert.equal((await items.readAll().fetchAll()).resources.length, 4)
  })

  test('is its own', async () => {
    using opened = throttling({ throughput: 10, partitions: 2 })
    const { items } = await orders(opened)
    const key = (await import('../support/sdk-hash.ts')).sdkHash
    const hash = await key(2)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    const left = keys.find((k) => hash([k]) < '20') ?? assert.fail()
    const right = keys.find((k) => hash([k]) >= '20') ?? assert.fail()
    for (const id of ['1', '2']) await items.create({ id, k: left })
    await expect(items.create({ id: '3', k: left })).rejects.toMatchObject(tooMany)
    await items.create({ id: '3', k: right })
  })

  test('is what is provisioned, shared by its physical partitions', async () => {
    using opened = throttling({ throughput: 'provisioned', partitions: 2 })
    const container = await orders(opened, 400)
    const create = (id: string, kilobytes: number) =>
      container.items.create({ id, k: 'x', text: 'x'.repeat(kilobytes * 1024) })
    // A megabyte takes 625, of 200 a second.
    await create('1', 1000)
    await expect(create('2', 1)).rejects.toMatchObject(tooMany)
    opened.clock.advance(2_000)
    await expect(create('2', 1)).rejects.toMatchObject(tooMany)
    const { resource } = await container.readOffer()
    await opened.client
      .offer(String(resource?.id))
      .replace({ ...resource, content: { offerThroughput: 4_000 } } as never)
    await create('2', 1)
  })

  test('of a database is shared by the containers without their own', async () => {
    using opened = throttling({ throughput: 'provisioned' })
    const { database } = await opened.client.databases.create({ id: 'd', throughput: 400 })
    const containers = []
    for (const id of ['a', 'b', 'c']) {
      const throughput = id === 'c' ? { throughput: 1_000 } : {}
      containers.push((await database.containers.create({ id, partitionKey: '/k', ...throughput })).container)
    }
    const [a, b, c] = containers
    const large = { k: 'x', text: 'x'.repeat(800 * 1024) }
    await a?.items.create({ id: '1', ...large })
    await expect(a?.items.create({ id: '2', k: 'x' })).rejects.toMatchObject(tooMany)
    await b?.items.create({ id: '1', k: 'x' })
    for (const id of ['1', '2']) await c?.items.create({ id, ...large })
  })

  test('turns a bulk request away as a whole', async () => {
    using opened = throttling({ throughput: 10 })
    const { items } = await orders(opened)
    const create = (id: string) => ({
      operationType: 'Create' as const,
      partitionKey: 'x',
      resourceBody: { id, k: 'x' },
    })
    await items.bulk([create('1'), create('2'), create('3')])
    await expect(items.bulk([create('4')])).rejects.toMatchObject({ cause: { code: 429 } })
    opened.clock.advance(60_000)
    assert.equal((await items.readAll().fetchAll()).resources.length, 3)
  })

  test('is no limit unless told', async () => {
    using opened = throttling({})
    const container = await orders(opened, 400)
    for (let i = 0; i < 5; i++) await container.items.create({ id: `${i}`, k: 'x', text: 'x'.repeat(1024 * 1024) })
  })
})

describe.each(TRANSPORTS)('a partition key, %s', (_, open) => {
  test('is full of so many bytes: 403 with substatus 1014', async () => {
    await using opened = await open({ maxPartitionBytes: 3_000 })
    const orders = await ordersOf(opened.client)
    const sized = (id: string, bytes: number, customer = 'ann') => {
      const document = { id, customer, text: '' }
      return { ...document, text: 'x'.repeat(bytes - JSON.stringify(document).length) }
    }
    const full = { code: 403, substatus: 1014 }
    await orders.items.create(sized('1', 1_000))
    await orders.items.create(sized('2', 1_000))
    await expect(orders.items.create(sized('3', 1_001))).rejects.toMatchObject(full)
    await orders.items.create(sized('3', 1_000))
    await expect(orders.item('3', 'ann').replace(sized('3', 1_001))).rejects.toMatchObject(full)
    await expect(orders.items.upsert(sized('4', 50))).rejects.toMatchObject(full)
    await orders.items.create(sized('1', 2_900, 'bob'))
    await orders.item('3', 'ann').replace(sized('3', 500))
    await orders.items.create(sized('4', 500))
    await orders.item('1', 'ann').delete()
    const create = (id: string, bytes: number) => ({
      operationType: 'Create' as const,
      resourceBody: sized(id, bytes),
    })
    const { result } = await orders.items.batch([create('5', 600), create('6', 600)], 'ann')
    assert.deepEqual(
      result?.map((each) => [each.statusCode, (each as { subStatusCode?: number }).subStatusCode]),
      [
        [424, undefined],
        [403, 1014],
      ],
    )
    const remove = { operationType: 'Delete' as const, id: '2' }
    assert.equal((await orders.items.batch([remove, create('5', 600), create('6', 600)], 'ann')).code, 200)
    opened.emulator.split('shop', 'orders', '0')
    await expect(orders.items.create(sized('7', 900))).rejects.toMatchObject(full)
  })
})

test('headers that are too long are answered by a page, which is no JSON', async () => {
  const emulator = cosmosEmulator()
  const send = (length: number) =>
    sendRaw(emulator, { method: 'GET', path: '/dbs', headers: { 'x-ms-session-token': 'x'.repeat(length) } })
  assert.equal((await send(15_000)).status, 200)
  const { status, headers, body } = await send(16_384)
  assert.deepEqual([status, headers.get('content-type')], [400, 'text/html; charset=us-ascii'])
  assert.match(body, /Request Too Long/)
})

test('headers that are too long are answered over HTTP as well', async () => {
  await using opened = await TRANSPORTS[1][1]()
  const response = await fetch(`${opened.endpoint}dbs`, { headers: { 'x-ms-session-token': 'x'.repeat(40_000) } })
  assert.equal(response.status, 400)
  assert.match(await response.text(), /Request Too Long/)
})

test('a throughput has its physical partitions some time after it was changed', async () => {
  const clock = manualClock()
  await using opened = await openInProcess({ clock, scalingTime: 1_000 })
  const orders = await ordersOf(opened.client)
  const partitions = async () => (await orders.readPartitionKeyRanges().fetchAll()).resources.length
  const { offer, resource } = await orders.readOffer()
  const raised = { ...resource, content: { ...resource?.content, offerThroughput: 20_000 } }
  const { headers } = (await offer?.replace(raised as never)) ?? assert.fail()
  assert.equal(headers['x-ms-offer-replace-pending'], 'true')
  assert.equal(await partitions(), 1)
  clock.advance(999)
  assert.equal(await partitions(), 1)
  assert.equal((await offer?.read())?.headers['x-ms-offer-replace-pending'], 'true')
  clock.advance(1)
  assert.equal(await partitions(), 2)
  assert.equal((await offer?.read())?.headers['x-ms-offer-replace-pending'], undefined)
})
