import assert from 'node:assert/strict'
import { appendEvents } from '../../../core/append/append-events.ts'
import { deleteStream } from '../../../core/append/delete-stream.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { NewEventDocument } from '../../../core/port/event-document.ts'
import { casesOf } from '../case.ts'
import { collect, event, eventsNamed } from '../support/events.ts'
import { wholeFeed } from '../support/feed.ts'

/** Salts, and seals of writers, which differ each time that an event is about to be appended. */
export const stamps = casesOf('stamps', {
  'every event gets a salt of its own, a tombstone too, and the feed returns it as a read does': async ({ open }) => {
    const storage = await open()
    await appendEvents(storage, 'a:1', eventsNamed('x', 'y'), { expectedVersion: 'any' })
    const read = await collect(storage.events.read('a:1'))
    assert.deepEqual(
      (await wholeFeed(storage)).map(({ event }) => event),
      read,
    )
    await deleteStream(storage, 'a:1')
    const tombstone = (await wholeFeed(storage)).at(-1)?.event
    const salts = [...read, tombstone].map((one) => one?.metadata.salt)
    for (const salt of salts) assert.match(String(salt), /^[\w-]{21}[AQgw]$/)
    assert.equal(new Set(salts).size, 3)
  },

  'a salt of any form is returned as it was stored': async ({ open }) => {
    const storage = await open()
    const forms: readonly JsonObject[] = [
      { salt: 'q83vEjRWeJCrze8SNFZ4kA' },
      { salt: 'a', b: 'cccccccccccccc' },
      { salt: '"\\ä'.padEnd(20, '-') },
      { salt: '12345678901234567890"' },
      { salt: 7 },
      { b: 'q83vEjRWeJCrze8SNFZ4kA123' },
    ]
    const stored = forms.map((form, i) => ({ ...event(`${i}`), metadata: { ...form, eventId: `${i}` } }))
    for (const one of stored) {
      await storage.events.append('a:1', [one as NewEventDocument], { expectedVersion: 'any' })
    }
    const found = await collect(storage.events.read('a:1'))
    assert.deepEqual(
      found.map(({ metadata: { recordedAt: _, ...metadata } }) => metadata),
      stored.map(({ metadata }) => metadata),
    )
  },

  'a repeat with another salt and another seal is a duplicate, and the first ones stay': async ({ open, reopen }) => {
    const storage = await open()
    const stamped = (salt: string, mac: string) =>
      ['x', 'y'].map((id) => ({ ...event(id), metadata: { eventId: id, salt, mac } }))
    const first = await storage.events.append('a:1', stamped('first', 'of one'), { expectedVersion: 0 })
    for (const port of [storage, await reopen(storage)]) {
      for (const expectedVersion of [0, 'noStream', 'any', 'streamExists'] as const) {
        const again = await port.events.append('a:1', stamped('second', 'of another'), { expectedVersion })
        assert.deepEqual([again.version, again.duplicate], [2, true])
        assert.deepEqual(await port.events.locate(again.position), await port.events.locate(first.position))
      }
    }
    const end = (salt: string) =>
      storage.events.tombstone('a:1', { metadata: { eventId: 'end', salt } }, { expectedVersion: 2 })
    const read = await collect(storage.events.read('a:1'))
    assert.deepEqual([(await end('first')).duplicate, (await end('second')).duplicate], [false, true])
    const tombstone = (await wholeFeed(storage)).at(-1)?.event
    assert.deepEqual(
      [...read, tombstone].map((one) => one?.metadata.salt),
      ['first', 'first', 'first'],
    )
  },
})
