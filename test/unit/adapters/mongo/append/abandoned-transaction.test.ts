import { type ClientSession, MongoClient } from 'mongodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openCollections, openDatabase } from '../../../../../src/adapters/mongo/client/collections.ts'
import { type MongoPort, openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { grow } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
const used: { readonly port: MongoPort; readonly database: string }[] = []

afterEach(async () => {
  for (const { port } of used) await port.close()
  await dropDatabases(
    client,
    used.splice(0).map(({ database }) => database),
  )
})
afterAll(() => client.close())

async function opened(deadline: number) {
  const database = newDatabaseName()
  const port = await openMongoPort(client, { database, slots: 2, deadline })
  used.push({ port, database })
  return { port, collections: openCollections(openDatabase(client, database), '') }
}

/** Does what a process does that is killed amid an append: moves a head, and never comes back. */
async function abandon(
  { collections }: Awaited<ReturnType<typeof opened>>,
  streamIds: readonly string[],
): Promise<ClientSession> {
  const session = client.startSession()
  session.startTransaction({ writeConcern: { w: 'majority' } })
  for (const _id of streamIds) await collections.streams.updateOne({ _id }, { $inc: { version: 1 } }, { session })
  return session
}

describe.skipIf(server === undefined)('a transaction that was left open', () => {
  it('holds up the streams that it touched, and nobody else', async () => {
    const storage = await opened(20_000)
    const { port } = storage
    const ids = Array.from({ length: 40 }, (_, i) => `a:${i}`)
    await Promise.all(ids.map((id) => grow(port, id)))
    const session = await abandon(storage, ['a:7', 'a:23'])
    const free = new Set<string>()
    const all = ids.map(async (id) => {
      await grow(port, id, 2)
      free.add(id)
    })
    await Promise.all(all.filter((_, i) => i !== 7 && i !== 23))
    expect(free.size).toBe(38)
    // Those who come now, for other streams and for new ones, meet nothing of it.
    const begun = performance.now()
    await Promise.all(['a:6', 'a:24', 'b:1', 'b:2'].map((id) => grow(port, id)))
    expect(performance.now() - begun).toBeLessThan(2000)
    expect([free.has('a:7'), free.has('a:23')]).toEqual([false, false])
    expect(await wholeFeed(port)).toHaveLength(40 + 38 * 2 + 4)
    // The server ends it some time.
    await session.abortTransaction()
    await Promise.all(all)
    expect((await port.events.load('a:7')).version).toBe(3)
    expect(await wholeFeed(port)).toHaveLength(40 * 3 + 4)
    await session.endSession()
  })

  it('is StorageBusy for whoever waits for it beyond the deadline, who may try again', async () => {
    const storage = await opened(2000)
    const { port } = storage
    await grow(port, 'a:1')
    const session = await abandon(storage, ['a:1'])
    await expect(grow(port, 'a:1')).rejects.toMatchObject({ code: 'StorageBusy' })
    await expect(port.events.tombstone('a:1', { metadata: { eventId: 'x' } }, { expectedVersion: 1 })).rejects.toThrow(
      expect.objectContaining({ code: 'StorageBusy' }),
    )
    expect((await port.events.load('a:1')).version).toBe(1)
    await session.abortTransaction()
    expect((await grow(port, 'a:1')).version).toBe(2)
    await session.endSession()
  })

  it('leaves nothing behind, and its events are in nobody’s way', async () => {
    const storage = await opened(20_000)
    const { port, collections } = storage
    await grow(port, 'a:1')
    const session = await abandon(storage, ['a:1'])
    const [event] = await collections.events.find({}).toArray()
    if (event === undefined) throw new RangeError('An event was appended')
    const mine = { ...event, _id: 'a:1:2', stream: { id: 'a:1', version: 2 } }
    await collections.events.insertOne({ ...mine, metadata: { ...event.metadata, eventId: 'mine' } }, { session })
    expect(await wholeFeed(port)).toHaveLength(1)
    const waiting = grow(port, 'a:1')
    await session.abortTransaction()
    expect((await waiting).version).toBe(2)
    expect(await port.events.findAppend('a:1', 'mine')).toBeUndefined()
    expect((await wholeFeed(port)).map(({ position }) => position.lsn)).toEqual([1, 2])
    await session.endSession()
  })
})
