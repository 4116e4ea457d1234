import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Mongod, startMongod } from '../../../bench/support/mongo/mongod.ts'
import { type MongoOptions, openMongo } from '../../../src/mongo.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { Follower } from '../../support/crash/check.ts'
import { someEvents } from '../../support/embedded/events.ts'
import { startLoad } from '../../support/load.ts'
import { checkOutcome } from '../../support/mongo/outcome.ts'
import { canStartServers, isThorough, newDatabaseName } from '../../support/mongo/server.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'

// One of each is enough for a run of all tests.
const FAILOVERS = isThorough ? 3 : 1

let mongod: Mongod
let client: MongoClient

describe.skipIf(!(await canStartServers()))('a primary that goes', () => {
  beforeAll(async () => {
    mongod = await startMongod({ parameters: ['--setParameter', 'transactionLifetimeLimitSeconds=5'] })
    client = new MongoClient(mongod.uri)
  }, 90_000)

  afterAll(async () => {
    await client?.close()
    await mongod?.stop()
  }, 60_000)

  const killAndStart = async () => {
    await mongod.kill()
    await sleep(Math.random() * 1000)
    await mongod.start()
  }
  const stepDown = async () => {
    await client.db('admin').command({ replSetStepDown: 1, secondaryCatchUpPeriodSecs: 0, force: true })
  }

  it.each([
    ...(isThorough ? [{ how: 'is killed', fail: killAndStart, slots: 1 }] : []),
    { how: 'is killed', fail: killAndStart, slots: 8 },
    { how: 'steps down', fail: stepDown, slots: 8 },
  ])(
    'and $how amid appends, reads and projections, with $slots slots, loses and doubles nothing',
    async ({ fail, slots }) => {
      const options: MongoOptions = { database: newDatabaseName(), slots, deadline: 20_000, pollInterval: 200 }
      await using storage = await openMongo(client, options)
      const errors: unknown[] = []
      const onError = (error: unknown) => errors.push(error)
      await using processor = await startProcessor(storage, [versions, totals], { leaseDuration: 3000, onError })
      const load = startLoad(storage, { name: 'load', appenders: 16, streams: 30 })
      const follower = new Follower(storage)
      for (let i = 0; i < FAILOVERS; i++) {
        await sleep(1000 + Math.random() * 1000)
        const before = load.acknowledged.length
        await fail()
        await follower.read()
        await expect.poll(() => load.acknowledged.length, { timeout: 30_000 }).toBeGreaterThan(before + 50)
      }
      const acknowledged = await load.stop()
      await untilCaughtUp(storage, [versions, totals], 60_000)
      await processor.stop()
      await checkOutcome(storage, client.db(options.database), follower, acknowledged)
    },
    180_000,
  )

  it('for longer than the deadline is StorageUnavailable, and all is well when it is back', async () => {
    const options: MongoOptions = { database: newDatabaseName(), slots: 1, deadline: 2000 }
    await using storage = await openMongo(client, options)
    await storage.events.append('a:1', someEvents(1), { expectedVersion: 0 })
    await mongod.kill()
    const calls = {
      append: () => storage.events.append('a:2', someEvents(1), { expectedVersion: 0 }),
      load: () => storage.events.load('a:1'),
      feed: async () => storage.feed.read((await storage.feed.ranges())[0] ?? { min: '', max: 'FF' }, 'start'),
      view: () => storage.viewStore.get({ projection: 'p', version: 1, key: 'k' }),
      ping: () => storage.ping(),
    }
    const begun = performance.now()
    const refused = Object.entries(calls).map(async ([name, call]) => {
      await expect(call(), name).rejects.toMatchObject({ code: 'StorageUnavailable' })
      return performance.now() - begun
    })
    for (const took of await Promise.all(refused)) {
      expect(took).toBeGreaterThan(1000)
      expect(took).toBeLessThan(3000)
    }
    await mongod.start()
    await expect.poll(() => storage.ping().then(() => 'up', String), { timeout: 30_000 }).toBe('up')
    expect((await storage.events.load('a:1')).version).toBe(1)
    await storage.events.append('a:2', someEvents(1), { expectedVersion: 0 })
  }, 120_000)
})
