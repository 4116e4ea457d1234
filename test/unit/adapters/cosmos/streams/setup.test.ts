import {
  type ContainerDefinition,
  CosmosClient,
  type PartitionKeyDefinition,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from '@azure/cosmos'
import { afterEach, expect, test } from 'vitest'
import { type CosmosOptions, openCosmosPort, setUpCosmos } from '../../../../../src/adapters/cosmos/index.ts'
import { assertContainer, definitionOf } from '../../../../../src/adapters/cosmos/setup/definitions.ts'
import type { EventDocument } from '../../../../../src/core/port/event-document.ts'
import { cosmosEmulator, type EmulatorOptions } from '../../../../../src/cosmos-emulator/index.ts'

const used: CosmosClient[] = []

afterEach(() => {
  for (const client of used.splice(0)) client.dispose()
})

function emulate(options: EmulatorOptions = {}) {
  const emulator = cosmosEmulator(options)
  const connect = (key = emulator.key) => {
    const client = new CosmosClient({ endpoint: emulator.endpoint, httpClient: emulator.httpClient, key })
    used.push(client)
    return client
  }
  return { emulator, connect, client: connect() }
}

const database = 'd'

const open = (client: CosmosClient, options: Partial<CosmosOptions> = {}) =>
  openCosmosPort(client, { database, deadline: 5000, ...options })

test('many processes set up one database at once, and all open the same storage', async () => {
  const { connect } = emulate()
  const ports = await Promise.all(Array.from({ length: 8 }, () => open(connect(), { setup: true })))
  expect(new Set(ports.map(({ incarnation }) => incarnation)).size).toBe(1)
  await Promise.all(
    ports.map((port, i) =>
      port.events.append('a:1', [{ eventType: 'E', eventData: {}, metadata: { eventId: `e${i}` } }], {
        expectedVersion: 'any',
      }),
    ),
  )
  expect((await ports[0]?.events.load('a:1'))?.version).toBe(8)
  for (const port of ports) await port.close()
})

test('what was not set up, or not wholly, is StorageNotSetUp', async () => {
  const { client } = emulate()
  await expect(open(client)).rejects.toMatchObject({ code: 'StorageNotSetUp' })
  await setUpCosmos(client, { database })
  await (await open(client)).close()
  const { resources } = await client
    .database(database)
    .container('events')
    .scripts.storedProcedures.readAll()
    .fetchAll()
  expect(resources).toHaveLength(2)
  await client.database(database).container('events').scripts.storedProcedure(String(resources[0]?.id)).delete()
  await expect(open(client, { append: 'storedProcedure' })).rejects.toMatchObject({ code: 'StorageNotSetUp' })
  await (await open(client)).close()
  await client.database(database).container('leases').item('$storage', '$storage').delete()
  await expect(open(client)).rejects.toMatchObject({ code: 'StorageNotSetUp' })
  await client.database(database).container('views').delete()
  await expect(open(client)).rejects.toMatchObject({ code: 'StorageNotSetUp' })
})

test('containers may have other names, each its own', async () => {
  const { client } = emulate()
  const containers = { events: 'log', leases: 'log-leases' }
  await (await open(client, { containers, setup: true })).close()
  const { resources } = await client.database(database).containers.readAll().fetchAll()
  expect(resources.map(({ id }) => id).toSorted()).toEqual(['log', 'log-leases', 'snapshots', 'views'])
  await expect(open(client, { containers: { events: 'views' } })).rejects.toMatchObject({
    code: 'InvalidConfiguration',
  })
})

test('a way to append that is none is refused before anything is asked', async () => {
  const { emulator, client } = emulate()
  let requests = 0
  emulator.faults = () => void requests++
  for (const append of ['procedure', 'batch', '', null] as never[]) {
    await expect(open(client, { append, setup: true })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      setting: 'append',
    })
  }
  expect(requests).toBe(0)
})

test('only what is queried is indexed, and nothing expires', async () => {
  const { client } = emulate()
  await setUpCosmos(client, { database })
  const { resource } = await client.database(database).container('events').read()
  expect(resource?.partitionKey).toMatchObject({ paths: ['/stream/id'], version: 2 })
  expect(resource?.indexingPolicy?.excludedPaths?.map(({ path }) => path)).toContain('/*')
  expect(resource?.indexingPolicy?.includedPaths?.map(({ path }) => path)).not.toContain('/eventData/*')
  expect(resource?.indexingPolicy?.compositeIndexes).toHaveLength(2)
  expect(resource?.defaultTtl).toBeUndefined()
})

test('a container that is partitioned by something else is refused', async () => {
  const { client } = emulate()
  await client.databases.create({ id: database })
  await client.database(database).containers.create({ id: 'events', partitionKey: '/id' })
  await expect(open(client, { setup: true })).rejects.toMatchObject({ code: 'ForeignStorage' })
})

test('a container that hashes by version 1, or whose documents expire, is refused', () => {
  const definition = definitionOf('events', 'events')
  const { kind, paths } = definition.partitionKey as Required<PartitionKeyDefinition>
  const refusalOf = (more: Partial<ContainerDefinition>) => {
    try {
      return assertContainer('events', { ...definition, ...more })
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  expect(refusalOf({})).toBeUndefined()
  expect(refusalOf({ partitionKey: { kind, paths } })).toBe('ForeignStorage')
  expect(refusalOf({ defaultTtl: 3600 })).toBe('UnsupportedStorage')
  expect(refusalOf({ defaultTtl: -1 })).toBeUndefined()
})

test('an account with several write regions is refused', async () => {
  const { client } = emulate({ multipleWriteRegions: true })
  await expect(open(client, { setup: true })).rejects.toMatchObject({ code: 'UnsupportedStorage' })
})

test('wrong credentials are StorageAccessDenied at once', async () => {
  const { connect, client } = emulate()
  await setUpCosmos(client, { database })
  const wrong = connect(Buffer.from('another key').toString('base64'))
  await expect(open(wrong)).rejects.toMatchObject({ code: 'StorageAccessDenied' })
})

test('a serverless account, which takes no throughput, is set up without', async () => {
  const { emulator, client } = emulate()
  emulator.faults = ({ method, path, headers }, response) =>
    response === undefined && method === 'POST' && path === '/dbs' && hasThroughput(headers)
      ? { answer: { status: 400, code: 'BadRequest' } }
      : undefined
  await expect(setUpCosmos(client, { database, throughput: 400 })).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    setting: 'throughput',
  })
  await (await open(client, { setup: true })).close()
})

const hasThroughput = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  Object.keys(headers).some((name) => name.startsWith('x-ms-offer-') || name.startsWith('x-ms-cosmos-offer-'))

test('a container that the .NET demo wrote is read, queried and appended to', async () => {
  const { client } = emulate()
  await client.databases.create({ id: database })
  const { container } = await client.database(database).containers.create({
    id: 'events',
    partitionKey: { paths: ['/stream/id'], kind: PartitionKeyKind.Hash, version: PartitionKeyDefinitionVersion.V2 },
  })
  const streams = ['meter:87000001', 'meter:87000002']
  for (const id of streams) {
    for (const version of [1, 2]) {
      const event = {
        id: `${id}:${version}`,
        stream: { id, version },
        eventType: `E${version}`,
        eventData: { version },
      }
      await container.items.create(event)
    }
  }
  for (const append of ['storedProcedure', 'transactionalBatch'] as const) {
    const port = await open(client, { append, setup: true })
    const { events, version } = await port.events.load('meter:87000001')
    const first = events[0] as EventDocument
    expect(Object.keys(first)).toEqual(['id', 'stream', 'eventType', 'eventData', 'metadata'])
    expect(first.metadata.eventId).toBe('meter:87000001:1')
    expect(first.metadata.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
    const found = await port.events.findAppend('meter:87000001', 'meter:87000001:2')
    expect([found?.version, found?.events.map(({ id }) => id)]).toEqual([2, ['meter:87000001:2']])
    const event = { eventType: 'New', eventData: {}, metadata: { eventId: append } }
    const appended = await port.events.append('meter:87000001', [event], { expectedVersion: version })
    expect(appended.version).toBe(version + 1)
    const all: EventDocument[] = []
    for await (const one of port.events.query({ category: 'meter' })) all.push(one)
    expect(all).toHaveLength(version + 3)
    const places = all.map(({ metadata, stream }) => `${metadata.recordedAt} ${stream.id} ${stream.version}`)
    expect(places).toEqual(places.toSorted())
    const one: string[] = []
    for await (const { id } of port.events.query({ types: ['E2'], where: { version: 2 }, limit: 1 })) one.push(id)
    expect(one).toEqual(['meter:87000001:2'])
    await port.close()
  }
})

test('each call reports what it cost, and the setup is told apart', async () => {
  const { client } = emulate()
  const charges: [string, number][] = []
  const port = await open(client, { setup: true, onRequestCharge: (c) => charges.push([c.operation, c.requests]) })
  await port.events.append('a:1', [{ eventType: 'E', eventData: {}, metadata: { eventId: 'e' } }], {
    expectedVersion: 0,
  })
  await port.ping()
  await port.close()
  expect(charges).toEqual([
    ['setup', expect.any(Number)],
    ['open', expect.any(Number)],
    ['append', 2],
    ['ping', 1],
  ])
})
