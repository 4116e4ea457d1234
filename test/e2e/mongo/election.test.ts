import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openMongo } from '../../../src/mongo.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { Follower } from '../../support/crash/check.ts'
import { SOAK_MINUTES } from '../../support/killing/targets.ts'
import { startLoad } from '../../support/load.ts'
import { askMinority } from '../../support/mongo/minority.ts'
import { checkOutcome } from '../../support/mongo/outcome.ts'
import { type ReplicaSet, startReplicaSet } from '../../support/mongo/replica-set.ts'
import { canStartServers, isThorough, newDatabaseName } from '../../support/mongo/server.ts'
import { totals, versions } from '../../support/projecting/projections.ts'
import { untilCaughtUp } from '../../support/projecting/until.ts'
import { minorityMutations } from './mutations.ts'

const minority = '../../support/mongo/minority.ts'

let set: ReplicaSet

describe.skipIf(!(await canStartServers()))('a replica set of three', () => {
  beforeAll(async () => {
    set = await startReplicaSet(3, '--setParameter', 'transactionLifetimeLimitSeconds=5')
  }, 120_000)

  afterAll(() => set?.[Symbol.asyncDispose](), 60_000)

  const killOne = async () => {
    const primary = await set.primary()
    await primary.kill()
    return () => primary.start()
  }
  // The others hear nothing of what it still writes, so that all of it is rolled back when it is back.
  const cutOff = async () => {
    const primary = await set.primary()
    const others = set.members.filter((member) => member !== primary)
    for (const other of others) other.signal('SIGSTOP')
    await sleep(1000)
    await primary.kill()
    for (const other of others) other.signal('SIGCONT')
    return () => primary.start()
  }

  it.each([
    ...(isThorough ? [{ how: 'killed', fail: killOne }] : []),
    { how: 'cut off from the others and killed', fail: cutOff },
  ])(
    'whose primary is $how elects another one, and loses and doubles nothing',
    { timeout: (SOAK_MINUTES + 4) * 60_000 },
    async ({ fail }) => {
      const database = newDatabaseName()
      const open = async (client: MongoClient) => openMongo(client, { database, slots: 4, pollInterval: 200 })
      await using one = new MongoClient(set.uri)
      await using two = new MongoClient(set.uri)
      await using storage = await open(one)
      await using other = await open(two)
      const errors: unknown[] = []
      const onError = (error: unknown) => errors.push(error)
      const processors = await Promise.all(
        [storage, other].map((port) => startProcessor(port, [versions, totals], { leaseDuration: 3000, onError })),
      )
      const loads = [storage, other].map((port, i) => startLoad(port, { name: `load-${i}`, appenders: 8, streams: 30 }))
      const done = () => loads.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
      const follower = new Follower(other)
      const end = Date.now() + SOAK_MINUTES * 60_000
      let failures = 0
      do {
        await sleep(500 + Math.random() * 1000)
        await set.whole()
        const before = done()
        const mend = await fail()
        failures++
        await expect.poll(done, { timeout: 40_000 }).toBeGreaterThan(before + 50)
        await follower.read()
        await mend()
      } while (Date.now() < end)
      const acknowledged = (await Promise.all(loads.map((load) => load.stop()))).flat()
      await untilCaughtUp(storage, [versions, totals], 60_000)
      await Promise.all(processors.map((processor) => processor.stop()))
      console.info(`${failures} elections, ${acknowledged.length} appends acknowledged, ${errors.length} errors told`)
      await checkOutcome(storage, one.db(database), follower, acknowledged)
    },
  )

  it.runIf(isThorough)(
    'shows nobody what only a primary has that is alone, and has acknowledged none of it',
    async () => {
      const { read, acknowledged, version, events } = await askMinority(set)
      expect({ read, acknowledged }).toEqual({ read: 1, acknowledged: false })
      // Whoever waited has been answered by the next primary.
      expect({ version, events }).toEqual({ version: 2, events: ['a:1:1', 'a:1:2'] })
    },
    120_000,
  )

  for (const [name, { replace, isSeen }] of Object.entries(isThorough ? minorityMutations : {})) {
    it(`would find ${name}`, { timeout: 120_000 }, async () => {
      vi.doMock(`../../../src/adapters/mongo/${replace.module}`, async (importOriginal) => {
        const original = await importOriginal<Record<string, unknown>>()
        return { ...original, ...replace.by(original as never) }
      })
      vi.resetModules()
      try {
        const mutated: typeof import('../../support/mongo/minority.ts') = await import(minority)
        expect(await mutated.askMinority(set)).toSatisfy(isSeen)
      } finally {
        vi.doUnmock(`../../../src/adapters/mongo/${replace.module}`)
        vi.resetModules()
      }
    })
  }
})
