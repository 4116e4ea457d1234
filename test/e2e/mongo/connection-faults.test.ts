import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { openMongo } from '../../../src/open/mongo.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { Follower } from '../../support/crash/check.ts'
import { startLoad } from '../../support/load.ts'
import { type Chances, faultsBySeed } from '../../support/mongo/faults.ts'
import { checkOutcome } from '../../support/mongo/outcome.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'
import { proxyBefore } from '../../support/mongo/through-proxy.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'

const server = await findServer()
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))

const FAULTS: Readonly<Record<string, Chances>> = {
  'cut before and after commands': { cutBefore: 0.02, cutAfter: 0.02 },
  delayed: { delay: 0.3 },
  'cut, delayed, and some answers never come': { cutBefore: 0.01, cutAfter: 0.01, delay: 0.1, dropAnswer: 0.002 },
}

describe.skipIf(server === undefined)('connections that are', () => {
  it.each(Object.entries(FAULTS))(
    '%s lose and double nothing',
    async (_, chances) => {
      console.info(`TIDEMARK_SEED=${seed}`)
      await using proxy = await proxyBefore(server as string)
      await using direct = new MongoClient(server as string)
      await using client = new MongoClient(proxy.uri())
      const database = newDatabaseName()
      const options = { database, slots: 4, deadline: 3000, pollInterval: 100 }
      try {
        await using storage = await openMongo(client, options)
        await using watcher = await openMongo(direct, { database })
        const follower = new Follower(watcher)
        const load = startLoad(storage, { name: `seed-${seed}`, appenders: 16, streams: 30 })
        await using processor = await startProcessor(storage, [versions, totals], { leaseDuration: 2000 })
        proxy.decide(faultsBySeed(seed, chances))
        for (let i = 0; i < 8; i++) {
          await sleep(1000)
          await follower.read()
        }
        const acknowledged = await load.stop()
        proxy.decide(() => 'forward')
        expect(acknowledged.length).toBeGreaterThan(100)
        for (const fate of Object.keys(chances) as (keyof Chances)[])
          expect(proxy.counts[fate], fate).toBeGreaterThan(0)
        await untilCaughtUp(storage, [versions, totals], 60_000)
        await processor.stop()
        await checkOutcome(watcher, direct.db(database), follower, acknowledged)
      } finally {
        await dropDatabases(direct, [database])
      }
    },
    180_000,
  )
})
