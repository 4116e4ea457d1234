import assert from 'node:assert/strict'
import { hasControlCharacter } from '../../../core/json/control-characters.ts'
import { PERIOD_CLOSED, PERIOD_OPENED } from '../../../core/port/event-document.ts'
import { randomFrom } from '../../../core/random.ts'
import { casesOf } from '../case.ts'
import { collect, event, events, eventsNamed, grow, idsOf } from '../support/events.ts'
import { follow, wholeFeed } from '../support/feed.ts'
import { below, randomObject, randomString } from '../support/random.ts'

/** What an append writes and returns if it succeeds. */
export const append = casesOf('append', {
  'stores each event as a document of the agreed shape': async ({ open }) => {
    const storage = await open()
    const metadata = { eventId: 'one', correlationId: 'c', causationId: 'd', schemaVersion: 2, tenant: { id: [7] } }
    await storage.events.append('meter:1:2026', [{ eventType: 'Read', eventData: { kWh: 1.5 }, metadata }], {
      expectedVersion: 'noStream',
    })
    const { events: found } = await storage.events.load('meter:1:2026')
    const recordedAt = found[0]?.metadata.recordedAt as string
    assert.match(recordedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.deepEqual(found, [
      {
        id: 'meter:1:2026:1',
        stream: { id: 'meter:1:2026', version: 1 },
        eventType: 'Read',
        eventData: { kWh: 1.5 },
        metadata: { ...metadata, recordedAt },
      },
    ])
  },

  'returns the version of the last event, and a position that fits into a header': async ({ open }) => {
    const storage = await open()
    const first = await storage.events.append('a:1', events(3), { expectedVersion: 0 })
    const second = await storage.events.append('a:1', events(1), { expectedVersion: 3 })
    assert.deepEqual([first.version, first.duplicate, second.version, second.duplicate], [3, false, 4, false])
    assert.match(first.position, /^[\x21-\x7e]+$/)
    assert.notEqual(first.position, second.position)
  },

  'lets two streams use the same event ids': async ({ open }) => {
    const storage = await open()
    await storage.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
    const other = await storage.events.append('a:2', eventsNamed('y', 'x'), { expectedVersion: 0 })
    assert.deepEqual([other.version, other.duplicate], [2, false])
  },

  'distinguishes stream ids by case and by every character': async ({ open }) => {
    const storage = await open()
    const ids = [
      'm:a',
      'm:A',
      'M:a',
      'm:ä',
      'm:a\u0308',
      'm:a ',
      'm:%',
      'm:_',
      "m:'",
      'm:"',
      'm:😀',
      `m:${'x'.repeat(198)}`,
    ]
    for (const id of ids) await storage.events.append(id, [event('same', { id })], { expectedVersion: 'noStream' })
    for (const id of ids) assert.deepEqual((await storage.events.load(id)).events[0]?.eventData, { id })
  },

  'counts a member that is undefined as absent': async ({ open }) => {
    const storage = await open()
    await storage.events.append('a:1', [event('x', { here: 1, gone: undefined })], { expectedVersion: 0 })
    assert.deepEqual((await storage.events.load('a:1')).events[0]?.eventData, { here: 1 })
  },

  'shares nothing with the caller, neither its arguments nor its results': async ({ open }) => {
    const storage = await open()
    const eventData = { list: [1, 2] }
    const appending = storage.events.append('a:1', [event('x', eventData)], { expectedVersion: 0 })
    eventData.list.push(3)
    await appending
    const { events: found } = await storage.events.load('a:1')
    const list = found[0]?.eventData.list as number[] | undefined
    list?.push(4)
    assert.deepEqual((await storage.events.load('a:1')).events[0]?.eventData, { list: [1, 2] })
  },

  "accepts Tidemark's own entries about periods": async ({ open }) => {
    const storage = await open()
    const notes = [event('o', { period: '2026' }, PERIOD_OPENED), event('c', { successor: '2027' }, PERIOD_CLOSED)]
    await storage.events.append('a:1', notes, { expectedVersion: 0 })
    const { events: found } = await storage.events.load('a:1')
    assert.deepEqual(
      found.map(({ eventType }) => eventType),
      [PERIOD_OPENED, PERIOD_CLOSED],
    )
    assert.equal((await wholeFeed(storage)).length, 2)
  },

  'returns any JSON unchanged, by every read path': async ({ open }) => {
    const seed = Date.now() % 0x100000000
    const random = randomFrom(seed)
    const storage = await open()
    const feed = follow(storage)
    for (let round = 0; round < 25; round++) {
      const streamId = `any:${round}`
      const written = Array.from({ length: 1 + below(random, 5) }, (_, i) => ({
        eventType: `T${[...randomString(random)].filter((one) => !hasControlCharacter(one)).join('')}`,
        eventData: randomObject(random),
        metadata: { ...randomObject(random), eventId: `${round}-${i}`, recordedAt: undefined },
      })).map(({ metadata: { recordedAt: _, ...metadata }, ...rest }) => ({ ...rest, metadata }))
      await storage.events.append(streamId, written, { expectedVersion: 0 })
      const ways = {
        load: (await storage.events.load(streamId)).events,
        read: await collect(storage.events.read(streamId)),
        findAppend: (await storage.events.findAppend(streamId, `${round}-0`))?.events ?? [],
        feed: (await feed.next()).map(({ event: document }) => document),
        query: (await collect(storage.events.query({ category: 'any' }))).filter(
          ({ stream }) => stream.id === streamId,
        ),
      }
      for (const [way, found] of Object.entries(ways)) {
        const plain = found.map(({ eventType, eventData, metadata: { recordedAt: _, ...metadata } }) => ({
          eventType,
          eventData,
          metadata,
        }))
        assert.deepEqual(plain, written, `${way}, seed ${seed}, round ${round}`)
      }
    }
  },

  'accepts long text of any script': async ({ open }) => {
    const storage = await open()
    const bytes = Math.min(1_000_000, storage.limits.bytesPerAppend - 10_000)
    const text = '漢😀é '.repeat(Math.floor(bytes / Buffer.byteLength('漢😀é ')))
    await storage.events.append('a:1', [event('long', { text })], { expectedVersion: 0 })
    assert.equal((await storage.events.load('a:1')).events[0]?.eventData.text, text)
    assert.equal((await wholeFeed(storage))[0]?.event.eventData.text, text)
  },

  'takes the events of another handle into account': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    await storage.events.append('a:1', eventsNamed('x'), { expectedVersion: 0 })
    const { version } = await other.events.append('a:1', eventsNamed('y'), { expectedVersion: 1 })
    assert.equal(version, 2)
    const again = await other.events.append('a:1', eventsNamed('x'), { expectedVersion: 0 })
    assert.deepEqual([again.version, again.duplicate], [1, true])
    assert.deepEqual(idsOf((await storage.events.load('a:1')).events), ['x', 'y'])
  },

  'finds an append by any of its event ids': async ({ open, reopen }) => {
    const storage = await open()
    await grow(storage, 'a:1', 2)
    const { version, position } = await storage.events.append('a:1', eventsNamed('x', 'y', 'z'), { expectedVersion: 2 })
    await grow(storage, 'a:1', 2)
    const other = await reopen(storage)
    for (const id of ['x', 'y', 'z']) {
      const found = await other.events.findAppend('a:1', id)
      assert.deepEqual(idsOf(found?.events ?? []), ['x', 'y', 'z'], id)
      assert.equal(found?.version, version)
      assert.deepEqual(await other.events.locate(found?.position ?? ''), await storage.events.locate(position))
    }
    assert.equal(await storage.events.findAppend('a:1', 'nowhere'), undefined)
    assert.equal(await storage.events.findAppend('a:2', 'x'), undefined)
  },
})
