import { describe, expect, it } from 'vitest'
import { appendersOf } from '../../../bench/support/mongo/appenders.ts'
import { benchDatabase } from '../../../bench/support/mongo/database.ts'
import { openRawLog } from '../../../bench/support/mongo/raw-log.ts'
import { readingEvent, readingEvents } from '../../../bench/support/sample-events.ts'
import { eventStore } from '../../../src/index.ts'
import { findServer } from '../../support/mongo/server.ts'

it('has each appender at one append at a time, into streams of its own, at their versions', async () => {
  const versions = new Map<string, number>()
  let [under, most] = [0, 0]
  const appenders = appendersOf('a', 4, async (stream, _event, expected) => {
    expect(versions.get(stream) ?? 0).toBe(expected)
    most = Math.max(most, ++under)
    await new Promise((resolve) => setImmediate(resolve))
    under--
    versions.set(stream, expected + 1)
  })
  expect(await appenders.rate(200)).toBeGreaterThan(0)
  await appenders.rate(100)
  expect(most).toBe(4)
  expect([...versions.values()].reduce((sum, version) => sum + version, 0)).toBe(300)
})

const server = await findServer()

describe.skipIf(server === undefined)('what is written by hand', () => {
  it('looks as what the adapter writes', async () => {
    await using ours = benchDatabase(server as string)
    await using theirs = benchDatabase(server as string)
    await theirs.open()
    const store = eventStore(await ours.open(), readingEvents)
    await using raw = openRawLog(theirs)
    for (const version of [0, 1]) {
      await store.append('reading:1', [readingEvent(version)], { expectedVersion: version })
      await raw.append('reading:1', readingEvent(version), version)
    }

    const shapes = await Promise.all([ours, theirs].map(written))
    expect(shapes[1]).toEqual(shapes[0])
    expect(shapes[0]?.indexes.length).toBeGreaterThan(3)
    expect((await raw.readStream('reading:1')).map(({ stream }) => stream.version)).toEqual([1, 2])
  })

  it('is refused at another version', async () => {
    await using database = benchDatabase(server as string)
    await database.open()
    await using raw = openRawLog(database)
    await raw.append('reading:1', readingEvent(0), 0)
    await expect(raw.append('reading:1', readingEvent(1), 7)).rejects.toThrow('is not at 7')
  })
})

/** What stands in a database but for ids and times that no two have in common. */
async function written({ client, name }: ReturnType<typeof benchDatabase>) {
  const own = { eventId: '', recordedAt: '', id: '' }
  const database = client.db(name)
  const events = await database.collection('events').find().sort({ _id: 1 }).toArray()
  const streams = await database.collection('streams').find().toArray()
  const [collection] = await database.listCollections({ name: 'events' }).toArray()
  return {
    events: events.map(({ metadata, append, ...event }) => ({
      ...event,
      metadata: { ...metadata, eventId: own.eventId, recordedAt: own.recordedAt },
      append: { ...append, id: own.id },
    })),
    streams: streams.map(({ recordedAt: _, ...stream }) => stream),
    // They are made at once.
    indexes: (await database.collection('events').indexes()).toSorted((a, b) => (`${a.name}` < `${b.name}` ? -1 : 1)),
    validator: collection && 'options' in collection ? collection.options?.validator : undefined,
  }
}
