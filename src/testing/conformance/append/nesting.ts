import assert from 'node:assert/strict'
import type { JsonObject } from '../../../core/json/json.ts'
import { MOST_LEVELS } from '../../../core/json/json-faults.ts'
import { PERIOD_OPENED } from '../../../core/port/event-document.ts'
import { casesOf } from '../case.ts'
import { collect, event } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { wholeFeed } from '../support/feed.ts'
import { PROJECTION, view } from '../support/views.ts'

/** An object with that many levels, some of them arrays. */
function nested(levels: number): JsonObject {
  if (levels === 1) return { end: true }
  return levels % 3 === 0 ? { list: [nested(levels - 2)] } : { deep: nested(levels - 1) }
}

const levelsOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levelsOf)) : 0

// With the document around them, they fit every database.
const [MOST, TOO_MANY] = [nested(MOST_LEVELS), nested(MOST_LEVELS + 1)]

/** How deeply data may be nested, which is the same on every adapter. */
export const nesting = casesOf('nesting', {
  'event data of 120 levels is returned by every read path': async ({ open, reopen }) => {
    const storage = await open()
    assert.deepEqual([levelsOf(MOST), levelsOf(TOO_MANY)], [120, 121])
    await storage.events.append('a:1', [event('x', MOST), event('y', { of: 'y' })], { expectedVersion: 0 })
    for (const port of [storage, await reopen(storage)]) {
      const { events: loaded } = await port.events.load('a:1')
      assert.deepEqual(loaded[0]?.eventData, MOST)
      assert.deepEqual((await collect(port.events.read('a:1')))[0]?.eventData, MOST)
      assert.deepEqual((await collect(port.events.query({})))[0]?.eventData, MOST)
      assert.deepEqual((await wholeFeed(port))[0]?.event.eventData, MOST)
    }
    const again = await storage.events.append('a:1', [event('x', MOST), event('y', { of: 'y' })], {
      expectedVersion: 0,
    })
    assert.equal(again.duplicate, true)
  },

  'event data or metadata of 121 levels is NotJson, and nothing is written': async ({ open }) => {
    const storage = await open()
    const good = event('x', { of: 'x' })
    const bad = [event('y', TOO_MANY), { ...good, metadata: { eventId: 'y', deep: TOO_MANY } }]
    for (const one of bad) {
      await rejectsWith('NotJson', () => storage.events.append('a:1', [good, one], { expectedVersion: 0 }))
    }
    const marker = { metadata: { eventId: 'end', deep: TOO_MANY } }
    await storage.events.append('a:1', [good], { expectedVersion: 0 })
    await rejectsWith('NotJson', () => storage.events.tombstone('a:1', marker, { expectedVersion: 1 }))
    assert.equal((await storage.events.load('a:1')).version, 1)
  },

  "Tidemark's own events can contain whole events": async ({ open }) => {
    const storage = await open()
    const opened = event('x', { period: '2026', opening: [event('y', MOST) as unknown as JsonObject] }, PERIOD_OPENED)
    await storage.events.append('a:1', [opened], { expectedVersion: 0 })
    assert.deepEqual((await storage.events.load('a:1')).events[0]?.eventData, opened.eventData)
  },

  'a view of 120 levels is returned; one of 121 levels is NotJson, and nothing is saved': async ({ open }) => {
    const storage = await open()
    assert.equal((await storage.viewStore.save(view('k', MOST), 'ifAbsent')).saved, true)
    const found = await storage.viewStore.get({ ...PROJECTION, key: 'k' })
    assert.deepEqual(found?.document.data, MOST)
    assert.deepEqual((await storage.viewStore.query(PROJECTION)).views[0]?.document.data, MOST)
    const save = () => storage.viewStore.save(view('l', TOO_MANY), 'ifAbsent')
    await rejectsWith('NotJson', save)
    assert.equal(await storage.viewStore.get({ ...PROJECTION, key: 'l' }), undefined)
    const replace = () => storage.viewStore.save(view('k', TOO_MANY), { ifMatch: found?.etag ?? '' })
    await rejectsWith('NotJson', replace)
    assert.deepEqual(await storage.viewStore.get({ ...PROJECTION, key: 'k' }), found)
  },

  'data with a toJSON method, or that changes between reads, is never stored differently than it was checked': async ({
    open,
  }) => {
    const storage = await open()
    const evil = Object.defineProperty({ n: 1 }, 'toJSON', { value: () => 'evil' })
    const evilList = { list: Object.defineProperty([1], 'toJSON', { value: () => 'evil' }) }
    let reads = 0
    const moody = {
      get n() {
        return reads++ === 0 ? 1 : Number.NaN
      },
    }
    for (const data of [evil, evilList] as JsonObject[]) {
      await rejectsWith('NotJson', () => storage.events.append('a:1', [event('x', data)], { expectedVersion: 0 }))
      await rejectsWith('NotJson', () => storage.viewStore.save(view('k', data), 'ifAbsent'))
    }
    await storage.events.append('a:1', [event('x', moody)], { expectedVersion: 0 })
    assert.deepEqual((await storage.events.load('a:1')).events[0]?.eventData, { n: 1 })
    reads = 0
    await storage.viewStore.save(view('k', moody), 'ifAbsent')
    assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key: 'k' }))?.document.data, { n: 1 })
  },

  'a view can be changed by the caller while it is saved': async ({ open }) => {
    const storage = await open()
    const data = { list: [1] }
    const saving = storage.viewStore.save(view('k', data), 'ifAbsent')
    data.list.push(2)
    await saving
    assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key: 'k' }))?.document.data, { list: [1] })
  },
})
