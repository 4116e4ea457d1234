import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type Db, MongoClient } from 'mongodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type MongoOptions, openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { DEFINITIONS } from '../../../../../src/adapters/mongo/setup/definitions.ts'
import { assertDeployment } from '../../../../../src/adapters/mongo/setup/deployment.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { view } from '../../../../../src/testing/conformance/support/views.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()
// What a test changes by hand, a storage reads only when a majority has it.
const client = new MongoClient(server ?? 'mongodb://127.0.0.1', { w: 'majority' })
const ports: StoragePort[] = []
const databases = new Set<string>()

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close()
  await dropDatabases(client, databases)
  databases.clear()
})
afterAll(() => client.close())

function newDatabase(): string {
  const name = newDatabaseName()
  databases.add(name)
  return name
}

async function open(options: MongoOptions, by = client): Promise<StoragePort> {
  const port = await openMongoPort(by, options)
  ports.push(port)
  return port
}

const NAMES = [...Object.keys(DEFINITIONS), 'storage'].toSorted()
const collectionNames = async (database: string) =>
  (await client.db(database).listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).toSorted()

/** The indexes that a storage has, by collection and name. */
async function indexesOf(database: string): Promise<string[]> {
  const lists = await Promise.all(
    Object.keys(DEFINITIONS).map(async (collection) => {
      const indexes = await client.db(database).collection(collection).indexes()
      return indexes.map(({ name, key }) => `${collection} ${name} ${JSON.stringify(key)}`)
    }),
  )
  return lists.flat().toSorted()
}

const DEFINED = Object.entries(DEFINITIONS)
  .flatMap(([collection, { indexes }]) => [
    `${collection} _id_ {"_id":1}`,
    ...indexes.map(({ key, options }) => `${collection} ${options.name} ${JSON.stringify(key)}`),
  ])
  .toSorted()

describe.skipIf(server === undefined)('a storage in MongoDB', () => {
  it('is made once by many who open it at once, each with a client of its own', async () => {
    const database = newDatabase()
    const clients = Array.from({ length: 8 }, () => new MongoClient(server as string))
    try {
      const opened = await Promise.all([...clients, ...clients].map((one) => open({ database, slots: 4 }, one)))
      expect(new Set(opened.map(({ incarnation }) => incarnation)).size).toBe(1)
      expect(await collectionNames(database)).toEqual(NAMES)
      expect(await indexesOf(database)).toEqual(DEFINED)
      expect(await client.db(database).collection('slots').countDocuments()).toBe(4)
      for (const port of ports.splice(0)) await port.close()
    } finally {
      for (const one of clients) await one.close()
    }
  })

  it('is mended where making it was interrupted', async () => {
    const database = newDatabase()
    const { incarnation } = await open({ database })
    const db = client.db(database)
    await db.dropCollection('views')
    await db.collection('slots').deleteMany({ _id: { $gte: 3 as never } })
    await db.collection('events').dropIndex('pending')
    const again = await open({ database })
    expect(again.incarnation).toBe(incarnation)
    expect(await collectionNames(database)).toEqual(NAMES)
    expect(await indexesOf(database)).toEqual(DEFINED)
    expect(await db.collection('slots').countDocuments()).toBe(8)
  })

  it('has 8 slots, or as many as it was made with, and no others', async () => {
    const [one, two] = [newDatabase(), newDatabase()]
    expect(await (await open({ database: one })).feed.ranges()).toHaveLength(8)
    expect(await (await open({ database: two, slots: 3 })).feed.ranges()).toHaveLength(3)
    expect(await (await open({ database: two })).feed.ranges()).toHaveLength(3)
    const refused = { code: 'InvalidConfiguration', setting: 'slots' }
    await expect(open({ database: two, slots: 8 })).rejects.toMatchObject(refused)
    for (const slots of [0, 257, 1.5, Number.NaN]) {
      await expect(open({ database: two, slots })).rejects.toMatchObject(refused)
    }
  })

  it('that must be there, and is not, is told, and nothing is made', async () => {
    const database = newDatabase()
    await expect(open({ database, setup: false })).rejects.toMatchObject({ code: 'StorageNotSetUp' })
    expect(await collectionNames(database)).toEqual([])
    const { incarnation } = await open({ database })
    expect((await open({ database, setup: false })).incarnation).toBe(incarnation)
    await client.db(database).dropCollection('leases')
    await expect(open({ database, setup: false })).rejects.toThrow(/leases/)
  })

  it('is not made where something else is', async () => {
    for (const collection of ['events', 'storage']) {
      const database = newDatabase()
      await client.db(database).collection(collection).insertOne({ somebody: 'else' })
      await expect(open({ database }), collection).rejects.toMatchObject({ code: 'ForeignStorage' })
      expect(await collectionNames(database)).toEqual([collection])
      await open({ database, collections: 'ours_' })
      expect(await collectionNames(database)).toEqual([collection, ...NAMES.map((name) => `ours_${name}`)].toSorted())
    }
  })

  it('is not made where documents or indexes are in the places of its own', async () => {
    const informed = newDatabase()
    await client.db(informed).collection<{ _id: string }>('storage').insertOne({ _id: 'storage' })
    await expect(open({ database: informed })).rejects.toMatchObject({ code: 'ForeignStorage' })
    const indexed = newDatabase()
    await client.db(indexed).collection('events').createIndex({ other: 1 }, { name: 'byStream' })
    await expect(open({ database: indexed })).rejects.toMatchObject({
      code: 'ForeignStorage',
      message: expect.stringMatching(/events .*byStream/),
    })
    const unlike = newDatabase()
    await open({ database: unlike })
    await client.db(unlike).collection('leases').dropIndex('byProjection')
    await client
      .db(unlike)
      .collection('leases')
      .createIndex({ projection: 1, version: 1, _id: 1 }, { name: 'somebodys' })
    await expect(open({ database: unlike })).rejects.toThrow(/byProjection/)
  })

  it('is made under names that MongoDB takes', async () => {
    for (const database of ['', 'admin', 'local', 'config', 'a.b', 'a b', 'a$', 'x'.repeat(64)]) {
      const refused = { code: 'InvalidConfiguration', setting: 'database' }
      await expect(open({ database }), database).rejects.toMatchObject(refused)
    }
    const database = newDatabase()
    for (const collections of ['system.', 'a$', 'a..', '.', 'a b', 'ä', 'x'.repeat(101)]) {
      const refused = { code: 'InvalidConfiguration', setting: 'collections' }
      await expect(open({ database, collections }), collections).rejects.toMatchObject(refused)
    }
    for (const collections of ['a.', 'a-b_c.D9', '_', `${'x'.repeat(100)}`]) {
      expect((await open({ database, collections, slots: 1 })).limits).toBeDefined()
    }
    await expect(open({ database: database.toUpperCase() })).rejects.toMatchObject({ setting: 'database' })
  })

  it('is opened by a client whose server was not there at first', async () => {
    let isThere = false
    await using door = await startDoor(() => isThere)
    const late = new MongoClient(`mongodb://127.0.0.1:${door.port}/?directConnection=true&serverSelectionTimeoutMS=300`)
    let failures = 0
    late.on('topologyClosed', () => {
      failures++
      isThere = failures === 2
    })
    const port = await openMongoPort(late, { database: newDatabase() })
    expect(failures).toBe(2)
    await port.close()
    await late.close()
  })

  it('uses collections that are there and empty, but no views, and none that compare strings otherwise', async () => {
    const database = newDatabase()
    await client.db(database).createCollection('views')
    const port = await open({ database })
    await expect(client.db(database).collection('views').insertOne({})).rejects.toMatchObject({ code: 121 })
    expect((await port.viewStore.save(view('k', {}), 'ifAbsent')).saved).toBe(true)

    const collated = newDatabase()
    await client.db(collated).createCollection('views', { collation: { locale: 'en', strength: 1 } })
    await expect(open({ database: collated })).rejects.toMatchObject({ code: 'ForeignStorage' })
    const viewed = newDatabase()
    await client.db(viewed).createCollection('snapshots', { viewOn: 'x', pipeline: [] })
    await expect(open({ database: viewed })).rejects.toMatchObject({ code: 'ForeignStorage' })
  })

  it('of a newer Tidemark is refused', async () => {
    const database = newDatabase()
    await open({ database })
    await client
      .db(database)
      .collection('storage')
      .updateOne({}, { $set: { schemaVersion: 2 } })
    await expect(open({ database })).rejects.toMatchObject({ code: 'StorageTooNew', stored: 2, known: 1 })
  })

  it('holds those who write by hand to the shapes of its documents', async () => {
    const database = newDatabase()
    await open({ database })
    for (const name of Object.keys(DEFINITIONS)) {
      const inserted = client.db(database).collection<{ _id: unknown }>(name).insertOne({ _id: null })
      await expect(inserted, name).rejects.toMatchObject({ code: 121 })
    }
  })

  it('shares a database with another one under a prefix', async () => {
    const database = newDatabase()
    const one = await open({ database, collections: 'a_' })
    const two = await open({ database, collections: 'b_', slots: 1 })
    expect(one.incarnation).not.toBe(two.incarnation)
    await one.viewStore.save(view('k', {}), 'ifAbsent')
    expect(await two.viewStore.get(view('k', {}))).toBeUndefined()
  })
})

/** A way to the run's server that can be shut. */
async function startDoor(isOpen: () => boolean) {
  const { hostname, port } = new URL(server as string)
  const door = createServer((socket) => {
    if (!isOpen()) {
      socket.destroy()
      return
    }
    const beyond = connect(Number(port), hostname)
    for (const [one, other] of [
      [socket, beyond],
      [beyond, socket],
    ] as const) {
      one.pipe(other)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(door, 'listening')
  return {
    port: (door.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void door.close(),
  }
}

describe('a server', () => {
  const answering = (answer: object) => ({ command: async () => answer }) as unknown as Db

  it('by itself is refused, with what makes it a replica set', async () => {
    await expect(assertDeployment(answering({ ok: 1 }))).rejects.toMatchObject({
      code: 'UnsupportedStorage',
      message: expect.stringMatching(/--replSet.*rs\.initiate/),
    })
  })

  it.each([{ setName: 'rs0' }, { msg: 'isdbgrid' }])('that says %j has transactions', async (answer) => {
    await assertDeployment(answering(answer))
  })
})
