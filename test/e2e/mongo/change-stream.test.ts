import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandFailedEvent, type Document, MongoClient, type Timestamp } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mongod, startMongod } from '../../../bench/support/mongo/mongod.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMongo } from '../../../src/mongo.ts'
import { Follower } from '../../support/crash/check.ts'
import { someEvents } from '../../support/embedded/events.ts'
import { canStartServers, newDatabaseName } from '../../support/mongo/server.ts'
import { proxyBefore } from '../../support/mongo/through-proxy.ts'

// So long that whoever is woken before was woken by a change stream.
const POLL = 60_000
// Less than after what a stream that is open, and silent, is no longer believed.
const SOON = 8000
// Megabytes.
const OPLOG = 8
const HISTORY_LOST = 286

let mongod: Mongod
let direct: MongoClient

/** Waits for changes, and counts how often there was word of any. */
function waiter(storage: StoragePort) {
  const ending = new AbortController()
  let words = 0
  const waiting = (async () => {
    while (!ending.signal.aborted) {
      await storage.feed.changed(ending.signal)
      words++
    }
  })()
  return {
    get words() {
      return words
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      await waiting
    },
  }
}

/** Another process appends; whoever waits must hear of it, and find it. */
async function heardOf(writer: StoragePort, follower: Follower, waits: { readonly words: number }): Promise<number> {
  const [begun, words] = [performance.now(), waits.words]
  await writer.events.append('a:1', someEvents(1), { expectedVersion: 'any' })
  await expect.poll(() => waits.words, { timeout: SOON }).toBeGreaterThan(words)
  await follower.read()
  return performance.now() - begun
}

/** The cursors of change streams of a database. */
const changeStreams = async (name: string): Promise<Document[]> => {
  const operations = await direct
    .db('admin')
    .aggregate([
      { $currentOp: { idleCursors: true, localOps: true } },
      { $match: { 'cursor.originatingCommand.$db': name, 'cursor.originatingCommand.aggregate': 1 } },
    ])
    .toArray()
  return operations.map(({ cursor }) => cursor as Document)
}

describe.skipIf(!(await canStartServers()))('a change stream that is lost', () => {
  beforeAll(async () => {
    mongod = await startMongod({ oplog: OPLOG, parameters: ['--syncdelay', '1'] })
    direct = new MongoClient(mongod.uri)
  }, 90_000)

  afterAll(async () => {
    await direct?.close()
    await mongod?.stop()
  }, 60_000)

  // The server keeps what it would need after a crash: until the next checkpoint, that is.
  const rollOver = async () => {
    const entries = direct.db('local').collection('oplog.rs')
    const first = async () => (await entries.findOne({}, { sort: { $natural: 1 } }))?.ts as Timestamp
    const now = (await entries.findOne({}, { sort: { $natural: -1 } }))?.ts as Timestamp
    const ballast = direct.db('elsewhere').collection('ballast')
    for (const end = Date.now() + 30_000; (await first()).lessThanOrEqual(now); await sleep(500)) {
      if (Date.now() > end) throw new Error('The oplog does not roll over')
      for (let i = 0; i < OPLOG; i++) await ballast.insertOne({ text: 'x'.repeat(1024 * 1024) })
    }
  }

  it('by its cursor being killed, or by the oplog being rolled over, is had again, and nothing is missed', async () => {
    const failures: number[] = []
    await using proxy = await proxyBefore(mongod.uri)
    await using client = new MongoClient(proxy.uri(), { monitorCommands: true })
    client.on('commandFailed', ({ failure }: CommandFailedEvent) => {
      if ('code' in failure) failures.push(Number(failure.code))
    })
    const database = newDatabaseName()
    await using writer = await openMongo(direct, { database, slots: 2 })
    await using storage = await openMongo(client, { database, pollInterval: POLL })
    const follower = new Follower(storage)
    await using waits = waiter(storage)
    const isOpen = () => expect.poll(async () => (await changeStreams(database)).length, { timeout: SOON }).toBe(1)
    await isOpen()
    const took = { first: await heardOf(writer, follower, waits), killed: 0, rolled: 0 }

    const [{ cursorId }] = (await changeStreams(database)) as [Document]
    await direct.db(database).command({ killCursors: '$cmd.aggregate', cursors: [cursorId] })
    await expect
      .poll(async () => (await changeStreams(database))[0]?.cursorId ?? cursorId, { timeout: SOON })
      .not.toEqual(cursorId)
    took.killed = await heardOf(writer, follower, waits)

    // Nothing is heard while the oplog rolls over; then the driver asks for what is no longer there.
    proxy.decide((command) => (command === 'getMore' ? { delay: 3000 } : 'forward'))
    await writer.events.append('a:1', someEvents(1), { expectedVersion: 'any' })
    await rollOver()
    proxy.decide(() => 'forward')
    proxy.cutAll()
    await expect.poll(() => failures, { timeout: 2 * SOON }).toContain(HISTORY_LOST)
    await isOpen()
    took.rolled = await heardOf(writer, follower, waits)
    console.info('Milliseconds from an append to word of it', took)
    expect(follower.seen.map(({ event }) => event.stream.version)).toEqual([1, 2, 3, 4])
  }, 120_000)
})
