import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { uuidV7 } from '../../../core/append/uuid.ts'
import type { Json, JsonObject } from '../../../core/json/json.ts'
import type { FeedEvent, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { HUSK, type NewEventDocument } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { deleteWhole, event, grow, numbers } from '../support/events.ts'

const deep = (levels: number): Json =>
  levels === 0 ? 'end' : levels % 2 === 0 ? [deep(levels - 1)] : { in: deep(levels - 1) }

// Values that a database or a driver may store in a form of its own.
const SHAPES: readonly JsonObject[] = [
  {},
  { text: 'ä€😀\u0000\u001f\u007f\u2028\ufeff\ufdd0\ufffd"\\/', empty: '', '': 'nameless', long: 'é'.repeat(70_000) },
  { zero: 0, minus: -0, one: 1, half: 0.5, small: 5e-324, large: 1.7976931348623157e308, e: 1e21, tiny: 1e-7 },
  { int: 2 ** 31 - 1, more: 2 ** 31, least: -(2 ** 31), less: -(2 ** 31) - 1, safe: 2 ** 53 - 1, big: 2 ** 53 + 2 },
  { none: null, yes: true, no: false, list: [], nested: [[], [[]], {}, { a: [1, 'x', null] }] },
  {
    10: 'ten',
    9: 'nine',
    b: 1,
    a: 2,
    'a.b': 3,
    $set: 4,
    _id: 5,
    id: 6,
    etag: 7,
    json: 8,
    constructor: 9,
    toString: 10,
  },
  { _bsontype: 'Long', $ref: 'x', $numberLong: '5', $date: '2026-01-01T00:00:00Z', date: '2026-01-01T00:00:00.000Z' },
  JSON.parse('{"__proto__":{"a":1},"x":{"__proto__":[]}}'),
  { deep: deep(118) },
]

/** What was written through the port is never taken for something else. */
export const asWritten = casesOf('as written', {
  'events of every shape are found as they were written': async ({ open, reopen }) => {
    const storage = await open()
    for (const [i, data] of SHAPES.entries()) {
      const { eventType, metadata } = event(uuidV7())
      const plain: NewEventDocument = { eventType, eventData: data, metadata }
      const rich: NewEventDocument = { ...plain, metadata: { eventId: uuidV7(), data } }
      const last: NewEventDocument = { ...plain, metadata: { data, eventId: uuidV7() } }
      await storage.events.append(`a:${i}`, [plain, rich], { expectedVersion: 0 })
      await storage.events.append(`a:${i}`, [last], { expectedVersion: 2 })
    }
    const odd = ['"', '\\', '\u0000', '\ufdd0', 'ä'.repeat(200), 'a'.repeat(200), '{}', '__proto__']
    const named = odd.map((eventId) => ({ eventType: `type ${eventId}`, eventData: {}, metadata: { eventId } }))
    const typed = named.map((one) => ({ ...one, eventType: one.eventType.replace('\u0000', '').slice(0, 200) }))
    await storage.events.append('a:odd', typed, { expectedVersion: 0 })
    for (const port of [storage, await reopen(storage)]) await assertAsWritten(port)
  },

  'streams in every state of deletion are found as they were written': async ({ open }) => {
    const storage = await open()
    const end = (id: string) =>
      storage.events.tombstone(id, { metadata: { eventId: uuidV7() } }, { expectedVersion: 'any' })
    for (const i of numbers(0, 19)) for (const n of [1, 2, 3]) await grow(storage, `s:${i}`, n)
    for (const i of numbers(0, 4)) await end(`s:${i}`)
    await assertAsWritten(storage)
    for (const i of numbers(0, 4)) await storage.events.erase(`s:${i}`, { limit: i + 1 })
    await assertAsWritten(storage)
    for (const i of numbers(0, 9)) await deleteWhole(storage, `s:${10 + i}`)
    for (const i of numbers(0, 19)) if (i < 10) await grow(storage, `t:${i}`, 2)
    await assertAsWritten(storage)
  },

  'a copied log, with placeholders and times of its own, is found as it was written': async ({ open }) => {
    const storage = await open()
    const placeholders = ['x', 'y'].map((eventId) => ({ eventType: HUSK, eventData: {}, metadata: { eventId } }))
    const recordedAt = new Date('2001-02-03T04:05:06.789Z')
    await storage.events.append('a:1', placeholders, { expectedVersion: 0, recordedAt })
    await storage.events.append('a:1', [event('z')], { expectedVersion: 2, recordedAt: new Date('1999-01-01') })
    await storage.events.append('a:2', [event('z')], { expectedVersion: 0, recordedAt: new Date('0001-01-01') })
    await assertAsWritten(storage)
    await deleteWhole(storage, 'a:1')
    await assertAsWritten(storage)
  },

  'events of concurrent writers, with clocks that go back, are found as they were written': async ({
    open,
    reopen,
  }) => {
    const storage = await open()
    const other = await reopen(storage)
    const write = async (i: number) => {
      const port = i % 2 === 0 ? storage : other
      await grow(port, `s:${i % 7}`, 1 + (i % 5))
      if (i % 10 === 9) await assertAsWritten(port)
    }
    await Promise.all(numbers(0, 59).map(write))
    await assertAsWritten(storage)
  },
})

/** Checks that the feed returns what it returns without the option, in pages of several sizes, and finds no fault. */
async function assertAsWritten(storage: StoragePort): Promise<void> {
  for (const range of await storage.feed.ranges()) {
    for (const limit of [3, 1000]) {
      let from: FeedStart = 'start'
      for (let caughtUp = false; !caughtUp; ) {
        const page = await samePage(storage, range, from, limit)
        from = page.continuation
        caughtUp = page.caughtUp
      }
    }
  }
}

/** Reads a page twice, until one replica, which may be behind, shows what the other does. */
async function samePage(storage: StoragePort, range: FeedRange, from: FeedStart, limit: number) {
  for (let triesLeft = 100; ; triesLeft--) {
    const page = await storage.feed.read(range, from, { limit, asWritten: true })
    assert.deepEqual([page.fault, ...page.events.filter(({ fault }) => fault !== undefined)], [undefined])
    const plain = await storage.feed.read(range, from, { limit })
    const got = page.events.map(plainly)
    const expected = plain.events.slice(0, got.length).map(plainly)
    if (triesLeft === 0) assert.deepEqual(got, expected)
    else if (!isDeepStrictEqual(got, expected)) await sleep(5)
    else return page
  }
}

const plainly = ({ position, appendId, event }: FeedEvent) => [position, appendId, event] as const
