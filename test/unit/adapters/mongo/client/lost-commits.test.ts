import { MongoClient } from 'mongodb'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type MongoPort, openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { events, eventsNamed, grow, idsOf } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { dropDatabases, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'
import type { Fate } from '../../../../support/mongo/tcp-proxy.ts'
import { proxyBefore } from '../../../../support/mongo/through-proxy.ts'

const server = await serverOrModel()
const direct = new MongoClient(server)
const databases: string[] = []

afterEach(() => dropDatabases(direct, databases.splice(0)))
afterAll(() => direct.close())

/** Opens a storage through a proxy that spoils commands as it is told, and tells how often it did. */
async function spoiled(
  work: (port: MongoPort, spoil: (fates: Record<string, Fate[]>) => () => number) => Promise<void>,
) {
  await using proxy = await proxyBefore(server)
  await using client = new MongoClient(proxy.uri())
  const database = newDatabaseName()
  databases.push(database)
  await using port = await openMongoPort(client, { database, slots: 1, deadline: 5000 })
  await work(port, (fates) => {
    let spoilt = 0
    proxy.decide((command) => {
      const fate = fates[command]?.shift() ?? 'forward'
      if (fate !== 'forward') spoilt++
      return fate
    })
    return () => spoilt
  })
}

const FATES = ['cutBefore', 'cutAfter'] as const

describe('a connection that breaks', () => {
  it.each(FATES.flatMap((fate) => [1, 3].map((times) => [fate, times] as const)))(
    'at the commit (%s, %i times) neither loses an append nor writes it twice',
    (fate, times) =>
      spoiled(async (port, spoil) => {
        const spoilt = spoil({ commitTransaction: Array(times).fill(fate) })
        const first = await port.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
        expect(spoilt()).toBe(times)
        expect([first.version, first.duplicate]).toEqual([2, false])
        const again = await port.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
        expect([again.version, again.duplicate]).toEqual([2, true])
        expect(idsOf((await wholeFeed(port)).map(({ event }) => event))).toEqual(['x', 'y'])
      }),
  )

  it.each(FATES.flatMap((fate) => ['update', 'insert'].map((command) => [fate, command] as const)))(
    'amid the transaction (%s %s) neither loses an append nor writes it twice',
    (fate, command) =>
      spoiled(async (port, spoil) => {
        await grow(port, 'a:1')
        const spoilt = spoil({ [command]: [fate, 'forward', fate] })
        const results = await Promise.all([
          port.events.append('a:1', events(2), { expectedVersion: 1 }),
          port.events.append('a:2', events(2), { expectedVersion: 'noStream' }),
          port.events.append('a:3', events(2), { expectedVersion: 3 }).catch(({ code, actual }) => [code, actual]),
        ])
        expect(spoilt()).toBeGreaterThan(0)
        expect(results).toMatchObject([
          { version: 3, duplicate: false },
          { version: 2, duplicate: false },
          ['WrongExpectedVersion', 0],
        ])
        expect(await wholeFeed(port)).toHaveLength(5)
      }),
  )

  it.each(FATES.flatMap((fate) => ['find', 'update'].map((command) => [fate, command] as const)))(
    'while LSNs are given (%s %s) leaves no gap and gives none twice',
    (fate, command) =>
      spoiled(async (port, spoil) => {
        for (let round = 0; round < 2; round++) {
          await Promise.all([1, 2, 3].map((i) => grow(port, `a:${i}`, 2)))
          const spoilt = spoil({ [command]: ['forward', fate, fate] })
          await wholeFeed(port)
          expect(spoilt()).toBeGreaterThan(0)
        }
        spoil({})
        const lsns = (await wholeFeed(port)).map(({ position }) => position.lsn)
        expect(lsns).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
      }),
  )
})
