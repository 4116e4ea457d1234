import { type Db, type Document, type Long, MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openCollections, openDatabase } from '../../../../../src/adapters/mongo/client/collections.ts'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { ChangeWatch } from '../../../../../src/adapters/mongo/watch/change-watch.ts'
import { followStream } from '../../../../../src/adapters/mongo/watch/followed-stream.ts'
import { grow } from '../../../../../src/testing/conformance/support/events.ts'
import { saveViews } from '../../../../../src/testing/conformance/support/views.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()
const clients = [1, 2].map(() => new MongoClient(server ?? 'mongodb://127.0.0.1', { monitorCommands: true }))
const [watching, writing] = clients as [MongoClient, MongoClient]
afterAll(() => Promise.all(clients.map((client) => client.close())))

/** A watch of a storage over change streams of the server, with all that it heard. */
async function watched() {
  const name = newDatabaseName()
  const database = openDatabase(watching, name)
  let streams = 0
  const notices: string[] = []
  const watch = new ChangeWatch({
    follow: (word, opened) => {
      streams++
      return followStream(database, openCollections(database, ''), word, opened)
    },
    pollInterval: 60_000,
    onNotice: (notice) => notices.push(notice),
  })
  return { name, watch, notices, streams: () => streams }
}

const never = new AbortController().signal

/** Waits until the stream is open; being woken says so. */
async function opened(watch: ChangeWatch): Promise<void> {
  while (!watch.isOpen) await watch.changed('events', never)
}

describe('a followed stream', () => {
  it('tells of an event with its slot, for which it asks, and of nothing else that was in it', async () => {
    const changes = [{ ns: { coll: 'events' }, fullDocument: { slot: 3 } }, null, { ns: { coll: 'views' } }]
    const told: unknown[][] = []
    let asked: Document[] = []
    const end = new Error('no more')
    const database = {
      watch(pipeline: Document[]) {
        asked = pipeline
        return {
          closed: false,
          once() {},
          async tryNext() {
            if (changes.length === 0) throw end
            return changes.shift()
          },
        }
      },
    } as unknown as Db
    const collections = openCollections(writing.db('x'), '')
    const { ended } = followStream(
      database,
      collections,
      (...word) => told.push(word),
      () => {},
    )
    await expect(ended).rejects.toBe(end)
    expect(told).toEqual([['events', 3], ['documents']])
    expect(asked.at(-1)).toEqual({ $project: { _id: 1, ns: 1, 'fullDocument.slot': 1 } })
  })
})

describe.skipIf(server === undefined)('a change stream of the server', () => {
  it('tells of events and of what is derived from them, and not of LSNs that are given', async () => {
    const { name, watch } = await watched()
    await using port = await openMongoPort(writing, { database: name, slots: 1 })
    try {
      await opened(watch)
      const events = [watch.changed('events', never), watch.changed('events', never, 0)]
      await grow(port, 'a:1', 3)
      await Promise.all(events)
      let woken = false
      const more = watch.changed('events', never).then(() => {
        woken = true
      })
      const documents = watch.changed('documents', never)
      await port.feed.read({ min: '', max: 'FF' }, 'start')
      await saveViews(port, { k: { n: 1 } })
      await documents
      expect(woken).toBe(false)
      await watch.close()
      await more
    } finally {
      await watch.close()
      await dropDatabases(writing, [name])
    }
  })

  it('is opened again after the database was dropped, and tells of what is written then', async () => {
    const { name, watch, streams, notices } = await watched()
    try {
      await using port = await openMongoPort(writing, { database: name, slots: 1 })
      await opened(watch)
      const dropped = watch.changed('events', never)
      await writing.db(name).dropDatabase()
      await dropped
      while (streams() < 2) await new Promise((resolve) => setTimeout(resolve, 5))
      await opened(watch)
      const events = watch.changed('events', never)
      await using other = await openMongoPort(writing, { database: name, slots: 1 })
      await grow(other, 'a:1')
      await events
      expect([streams(), notices]).toEqual([2, []])
      await port.ping()
    } finally {
      await watch.close()
      await dropDatabases(writing, [name])
    }
  })

  it('goes on, or is opened again, when the server ends its cursor', async () => {
    const { name, watch, notices } = await watched()
    const cursors: Long[] = []
    watching.on('commandSucceeded', ({ commandName, reply, databaseName }) => {
      if (databaseName === name && commandName === 'aggregate')
        cursors.push((reply as { cursor: { id: Long } }).cursor.id)
    })
    await using port = await openMongoPort(writing, { database: name, slots: 1 })
    try {
      await opened(watch)
      for (let i = 1; i <= 3; i++) {
        const killing = { killCursors: '$cmd.aggregate', cursors: cursors.slice(-1) }
        expect((await writing.db(name).command(killing)).cursorsKilled).toHaveLength(1)
        const events = watch.changed('events', never)
        await grow(port, 'a:1')
        await events
        while (cursors.length === i) await new Promise((resolve) => setTimeout(resolve, 5))
        await opened(watch)
      }
      expect(notices).toEqual([])
    } finally {
      await watch.close()
      await dropDatabases(writing, [name])
    }
  })
})
