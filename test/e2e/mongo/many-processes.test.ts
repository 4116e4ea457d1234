import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterEach, describe, expect, it } from 'vitest'
import { randomFrom } from '../../../src/core/random.ts'
import { openMongo } from '../../../src/mongo.ts'
import { keepChildren, kill } from '../../support/children.ts'
import { Follower } from '../../support/crash/check.ts'
import type { Acknowledged } from '../../support/crash/killed-writer.ts'
import { faultsBySeed } from '../../support/mongo/faults.ts'
import { checkOutcome } from '../../support/mongo/outcome.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'
import { proxyBefore } from '../../support/mongo/through-proxy.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'

// Two processes that append and two that project, which are killed now and then, for so many minutes, or for some seconds.
const SOAK = Number(process.env.TIDEMARK_SOAK_MINUTES || 0)
const DURATION = SOAK > 0 ? SOAK * 60_000 : 10_000
const APPENDERS = 64
// Seconds.
const KILL_EVERY = 10
const STREAMS = SOAK > 0 ? 2000 : 200
// So that all that was written can be looked at in the end.
const PAUSE = SOAK > 0 ? 300 : 50

const server = await findServer()
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))
const children = keepChildren()
afterEach(() => children.killAll())

describe.skipIf(server === undefined)('two processes that append, and two that project and are killed', () => {
  it(
    `lose and double nothing while connections are cut for ${DURATION / 1000} s`,
    async () => {
      console.info(`TIDEMARK_SEED=${seed}`)
      const random = randomFrom(seed)
      await using proxy = await proxyBefore(server as string)
      await using client = new MongoClient(server as string)
      const database = newDatabaseName()
      try {
        await using storage = await openMongo(client, { database, slots: 8 })
        const url = proxy.uri(database)
        const load = [String(APPENDERS / 2), String(STREAMS), String(PAUSE)]
        const loads = ['one', 'two'].map((name) => children.run('loading', url, `${name}-${seed}`, ...load))
        const startWorker = (id: string) => children.run('one-of-many-workers', url, id, '3000', '500')
        const workers = ['w1', 'w2'].map(startWorker)
        await Promise.all([...loads, ...workers].map((child) => once(child, 'message')))

        proxy.decide(faultsBySeed(seed, { cutBefore: 0.003, cutAfter: 0.003, delay: 0.01 }))
        const follower = new Follower(storage)
        const times = { 'all connections cut': 0, 'workers killed': 0 }
        const end = Date.now() + DURATION
        for (let second = 0; Date.now() < end; second++) {
          await sleep(1000)
          if (random() < 0.1) {
            times['all connections cut']++
            proxy.cutAll()
          }
          if (second % KILL_EVERY === 5) {
            const place = times['workers killed']++ % workers.length
            await kill(workers[place] as ChildProcess)
            workers[place] = startWorker(`w${times['workers killed'] + 2}`)
          }
          await follower.read()
        }
        const acknowledged: Acknowledged[] = []
        for (const child of loads) {
          child.send('stop')
          const [own] = (await once(child, 'message')) as [Acknowledged[]]
          acknowledged.push(...own)
        }
        proxy.decide(() => 'forward')
        console.info(`${acknowledged.length} appends acknowledged; ${JSON.stringify({ ...times, ...proxy.counts })}`)
        expect(proxy.counts.cutAfter).toBeGreaterThan(0)
        expect(acknowledged.length).toBeGreaterThan(DURATION / 100)
        await untilCaughtUp(storage, [versions, totals], 120_000)
        for (const child of workers) {
          const gone = once(child, 'exit')
          child.send('stop')
          await gone
        }
        await checkOutcome(storage, client.db(database), follower, acknowledged)
      } finally {
        await dropDatabases(client, [database])
      }
    },
    DURATION + 300_000,
  )
})
