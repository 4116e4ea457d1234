import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterEach, describe, expect, it } from 'vitest'
import { startMongod } from '../../../bench/support/mongo/mongod.ts'
import { openMongo } from '../../../src/mongo.ts'
import { keepChildren, kill } from '../../support/children.ts'
import { Follower } from '../../support/crash/check.ts'
import { someEvents } from '../../support/embedded/events.ts'
import { checkAgreement } from '../../support/mongo/agreement.ts'
import { canStartServers, newDatabaseName } from '../../support/mongo/server.ts'
import { proxyBefore } from '../../support/mongo/through-proxy.ts'

const children = keepChildren()
afterEach(() => children.killAll())

// Seconds after which the server ends a transaction; it looks twice as often.
const LIFETIME = 4

const max = (values: readonly number[]) => Math.round(Math.max(...values))

describe.skipIf(!(await canStartServers()))('a process that is killed between its writes and their commit', () => {
  it('holds the stream that it touched until the server ends its transaction, and nobody else', async () => {
    const mongod = await startMongod({ parameters: ['--setParameter', `transactionLifetimeLimitSeconds=${LIFETIME}`] })
    try {
      await using proxy = await proxyBefore(mongod.uri)
      await using client = new MongoClient(mongod.uri)
      const database = newDatabaseName()
      // One slot: those who are not held up share it with the stream that is.
      await using storage = await openMongo(client, { database, slots: 1 })
      const follower = new Follower(storage)
      const child = children.run('loading', proxy.uri(database), 'abandoning', '1', '1', '0')
      await once(child, 'message')
      await expect.poll(async () => (await storage.events.load('load:0')).version).toBeGreaterThan(5)
      const held = Promise.withResolvers<void>()
      proxy.decide((command) => {
        if (command !== 'commitTransaction') return 'forward'
        held.resolve()
        return { delay: 5000 }
      })
      await held.promise
      await kill(child)
      const begun = performance.now()

      const timed = async (work: () => Promise<unknown>) => {
        const start = performance.now()
        await work()
        return performance.now() - start
      }
      const { version } = await storage.events.load('load:0')
      let freed: number | undefined
      const touched = storage.events.append('load:0', someEvents(1), { expectedVersion: version }).then((result) => {
        freed = performance.now() - begun
        return result
      })
      const [appends, reads]: [number[], number[]] = [[], []]
      for (let i = 0; freed === undefined; i++) {
        const others = [`other:${i}`, `other:${i % 5}`, 'load:1']
        const work = others.map((id) => storage.events.append(id, someEvents(1), { expectedVersion: 'any' }))
        appends.push(await timed(() => Promise.all(work)))
        reads.push(await timed(() => follower.read()))
        await sleep(20)
      }
      expect((await touched).version).toBe(version + 1)
      console.info(
        `${appends.length} rounds of appends took ${max(appends)} ms at most, reads of the feed ${max(reads)} ms; ` +
          `the stream that was touched was free after ${Math.round(freed)} ms`,
      )
      expect(appends.length).toBeGreaterThan(10)
      expect(max(appends)).toBeLessThan(1500)
      expect(max(reads)).toBeLessThan(1500)
      expect(freed).toBeGreaterThan(500)
      expect(freed).toBeLessThan(LIFETIME * 2000)
      await follower.read()
      await checkAgreement(client.db(database))
    } finally {
      await mongod.stop()
    }
  }, 90_000)
})
