import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openCollections, openDatabase } from '../../../../../src/adapters/mongo/client/collections.ts'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { FeedEvent } from '../../../../../src/core/port/change-feed.ts'
import { events, eventsNamed, grow } from '../../../../../src/testing/conformance/support/events.ts'
import { follow, wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'

const isModel = (await findServer()) === undefined
const server = await serverOrModel()
const clients = [1, 2, 3].map(() => new MongoClient(server))
const [client] = clients as [MongoClient]
afterAll(() => Promise.all(clients.map((one) => one.close())))

describe('several who read the feed first', () => {
  it('give every append one LSN, without gaps, and see the same', async () => {
    const step = fc.record({
      who: fc.nat(2),
      stream: fc.nat(5),
      size: fc.integer({ min: 1, max: 3 }),
      reads: fc.nat(3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const database = newDatabaseName()
        const ports = await Promise.all(clients.map((one) => openMongoPort(one, { database, slots: 1 })))
        try {
          const seen = ports.map((): FeedEvent[] => [])
          const followers = ports.map((port, i) => {
            const follower = follow(port, 5)
            let before: Promise<unknown> = Promise.resolve()
            return () => {
              before = before.then(async () => seen[i]?.push(...(await follower.next())))
              return before
            }
          })
          await Promise.all(
            steps.flatMap(({ who, stream, size, reads }) => [
              ports[who]?.events.append(`a:${stream}`, events(size), { expectedVersion: 'any' }),
              reads < 3 ? followers[reads]?.() : undefined,
            ]),
          )
          await Promise.all(followers.map((read) => read()))
          const [first, ...others] = seen
          for (const other of others) expect(other).toEqual(first)
          const lsns = [...new Set(first?.map(({ position }) => position.lsn))]
          expect(lsns).toEqual(steps.map((_, i) => i + 1))
          expect(first).toHaveLength(steps.reduce((sum, { size }) => sum + size, 0))
        } finally {
          for (const port of ports) await port.close()
          await dropDatabases(client, [database])
        }
      }),
      { numRuns: isModel ? 3 : 12 },
    )
  })

  it('go on where one of them died half way', async () => {
    const database = newDatabaseName()
    const port = await openMongoPort(client, { database, slots: 1 })
    try {
      await port.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
      await port.events.append('a:2', eventsNamed('z'), { expectedVersion: 0 })
      // One who promised LSNs for both appends, wrote one event of the first, and was killed.
      const { slots, events: log } = openCollections(openDatabase(client, database), '')
      const latest = '2026-01-01T00:00:00.000Z'
      const plan = [
        { stream: 'a:1', first: 1, last: 2, lsn: 1, latest },
        { stream: 'a:2', first: 1, last: 1, lsn: 2, latest },
      ]
      await slots.updateOne({ _id: 0, counter: 0 }, { $set: { counter: 2, latest, plan } })
      await log.updateOne({ _id: 'a:1:1', pending: true }, { $set: { lsn: 1, latest }, $unset: { pending: '' } })
      await grow(port, 'a:3')
      const found = await wholeFeed(port)
      expect(found.map(({ event, position }) => [event.id, position.lsn])).toEqual([
        ['a:1:1', 1],
        ['a:1:2', 1],
        ['a:2:1', 2],
        ['a:3:1', 3],
      ])
      await port.close()
      expect(await slots.findOne({ _id: 0 })).toEqual({ _id: 0, counter: 3, latest: expect.any(String) })
    } finally {
      await port.close()
      await dropDatabases(client, [database])
    }
  })
})
