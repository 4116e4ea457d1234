import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { FeedRange, FeedStart } from '../../../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { grow } from '../../../../../src/testing/conformance/support/events.ts'
import { dropDatabases, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'

const server = await serverOrModel()
const client = new MongoClient(server, { monitorCommands: true })
afterAll(() => client.close())

const APPENDS = 20
const PAGE = 5

describe('reading the feed of one slot', () => {
  it('asks once for a page that is far from the end, and sees what another process gave LSNs to', async () => {
    const database = newDatabaseName()
    const asked: string[] = []
    client.on('commandStarted', ({ commandName, command, databaseName }) => {
      if (databaseName === database) asked.push(`${commandName} ${command[commandName]}`)
    })
    await using port = await openMongoPort(client, { database, slots: 1 })
    await using other = await openMongoPort(client, { database, slots: 1 })
    try {
      for (let i = 0; i < APPENDS; i++) await grow(port, `a:${i}`, 1)
      // The other one gives the LSNs, so this one has only seen them.
      expect((await pagesOf(other)).flatMap(({ lsns }) => lsns)).toHaveLength(APPENDS)
      const pages = await pagesOf(port, () => asked.splice(0))
      expect(pages.flatMap(({ lsns }) => lsns)).toEqual(Array.from({ length: APPENDS }, (_, i) => i + 1))
      expect(pages[0]?.asked).toEqual(['find slots', 'find events'])
      expect(pages.slice(1, 3).map((page) => page.asked)).toEqual([['find events'], ['find events']])
      expect(pages.map(({ caughtUp }) => caughtUp)).toEqual([...pages.slice(1).map(() => false), true])

      await grow(other, 'a:0', 1)
      await pagesOf(other)
      expect((await pagesOf(port)).flatMap(({ lsns }) => lsns)).toHaveLength(APPENDS + 1)
    } finally {
      await dropDatabases(client, [database])
    }
  })
})

async function pagesOf(port: StoragePort, asked: () => string[] = () => []) {
  const [range] = (await port.feed.ranges()) as [FeedRange]
  const pages: { lsns: number[]; caughtUp: boolean; asked: string[] }[] = []
  for (let from: FeedStart = 'start'; pages.at(-1)?.caughtUp !== true; ) {
    asked()
    const { events, continuation, caughtUp } = await port.feed.read(range, from, { limit: PAGE })
    pages.push({ lsns: events.map(({ position }) => position.lsn), caughtUp, asked: asked() })
    from = continuation
  }
  return pages
}
