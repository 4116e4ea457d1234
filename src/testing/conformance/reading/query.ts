import assert from 'node:assert/strict'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { EventQuery } from '../../../core/port/event-log.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { Filter } from '../../../core/reading/filter.ts'
import { manualClock } from '../../manual-clock.ts'
import { casesOf } from '../case.ts'
import { collect, deleteWhole, event, fill, grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { FILTERED, FILTERS, INJECTIONS } from '../support/filters.ts'

const START = Date.UTC(2026, 0, 1)

/** Queries across streams. */
export const query = casesOf('query', {
  'orders by recordedAt, then stream id by code point, then version': async ({ open }) => {
    const clock = manualClock(START)
    const storage = await open({ clock })
    const streams = ['b:1', 'a:2', 'a:10', 'a:\uffee', 'a:😀', 'B:1', 'a:1']
    for (const step of [0, 5, -3, 10]) {
      clock.advance(step)
      for (const id of streams) await grow(storage, id, 2)
    }
    const found = await collect(storage.events.query({}))
    assert.equal(found.length, streams.length * 8)
    assert.deepEqual(found.map(placeOf), found.toSorted(inOrder).map(placeOf))
  },

  'filters by type': async ({ open }) => {
    const storage = await open()
    const types = ['A', 'B', 'C', 'a', 'A%', "A'"]
    for (const type of types) await storage.events.append(`t:1`, [event(type, {}, type)], { expectedVersion: 'any' })
    for (const type of types) assert.deepEqual(await ids(storage, { types: [type] }), [type])
    assert.deepEqual(await ids(storage, { types: ['C', 'A'] }), ['A', 'C'])
    assert.deepEqual(await ids(storage, { types: ['Nothing'] }), [])
    assert.deepEqual(await ids(storage, { types: [] }), [], 'no type is asked for')
  },

  'filters by category, whole and exact': async ({ open }) => {
    const storage = await open()
    for (const category of ['meter', 'meters', 'Meter', 'mete_', 'me', 'm%']) {
      await storage.events.append(`${category}:1:2026`, [event(category)], { expectedVersion: 'any' })
    }
    for (const category of ['meter', 'Meter', 'me', 'm%', 'mete_']) {
      assert.deepEqual(await ids(storage, { category }), [category])
    }
    for (const category of ['', 'm', 'mete', 'meter:1', "meter' OR '1'='1", '%', 'meter:%']) {
      assert.deepEqual(await ids(storage, { category }), [], category)
    }
  },

  'filters by recording time: from inclusive, to exclusive': async ({ open }) => {
    const clock = manualClock(START)
    const storage = await open({ clock })
    for (const id of ['0', '1', '2', '3']) {
      await storage.events.append('a:1', [event(id)], { expectedVersion: 'any' })
      clock.advance(1)
    }
    const at = (milliseconds: number) => new Date(START + milliseconds)
    assert.deepEqual(await ids(storage, { recorded: { from: at(1) } }), ['1', '2', '3'])
    assert.deepEqual(await ids(storage, { recorded: { to: at(2) } }), ['0', '1'])
    assert.deepEqual(await ids(storage, { recorded: { from: at(1), to: at(3) } }), ['1', '2'])
    assert.deepEqual(await ids(storage, { recorded: { from: at(1), to: at(1) } }), [])
    assert.deepEqual(await ids(storage, { recorded: {} }), ['0', '1', '2', '3'])
    await rejectsWith('InvalidQuery', () => ids(storage, { recorded: { from: new Date(Number.NaN) } }))
  },

  'filters by fields of the data, strict about types': async ({ open }) => {
    const storage = await open()
    for (const [id, data] of Object.entries(FILTERED)) {
      await storage.events.append('a:1', [event(id, data)], { expectedVersion: 'any' })
    }
    for (const [where, found] of FILTERS) {
      assert.deepEqual((await ids(storage, { where })).toSorted(), found.toSorted(), JSON.stringify(where))
    }
  },

  'text of a caller never becomes part of a query': async ({ open }) => {
    const storage = await open()
    await storage.events.append('a:1', [event('x', { name: 'x' })], { expectedVersion: 0 })
    for (const path of INJECTIONS.paths) {
      await rejectsWith('InvalidQuery', () => ids(storage, { where: { [path]: 'x' } }), JSON.stringify(path))
    }
    for (const where of INJECTIONS.filters) {
      await rejectsWith('InvalidQuery', () => ids(storage, { where: where as Filter }), JSON.stringify(where))
    }
    for (const value of INJECTIONS.values) {
      assert.deepEqual(await ids(storage, { where: { name: value } }), [], value)
      assert.deepEqual(await ids(storage, { types: [value], category: value }), [], value)
    }
    assert.deepEqual(await ids(storage, {}), ['x'], 'nothing has changed')
  },

  'a filter has at most 100 conditions, each bound of a range counting as one': async ({ open }) => {
    const storage = await open()
    const data = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`f${i}`, i]))
    await storage.events.append('a:1', [event('x', { ...data, n: 1 })], { expectedVersion: 0 })
    assert.deepEqual(await ids(storage, { where: { ...data, n: 1 } }), ['x'])
    assert.deepEqual(await ids(storage, { where: { ...data, n: 2 } }), [])
    await rejectsWith('InvalidQuery', () => ids(storage, { where: { ...data, n: { gt: 0, lt: 2 } } }))
  },

  'holds all conditions at once': async ({ open }) => {
    const clock = manualClock(START)
    const storage = await open({ clock })
    for (let i = 0; i < 64; i++) {
      const one = event(`${i}`, { n: i & 1 }, i & 2 ? 'A' : 'B')
      await storage.events.append(`${i & 4 ? 'x' : 'y'}:${i & 8}`, [one], { expectedVersion: 'any' })
      clock.advance(1)
    }
    const recorded = { from: new Date(START + 20), to: new Date(START + 50) }
    const found = await ids(storage, { types: ['A'], category: 'x', where: { n: 1 }, recorded })
    const wanted = Array.from({ length: 64 }, (_, i) => i).filter((i) => (i & 7) === 7 && i >= 20 && i < 50)
    assert.deepEqual(found, wanted.map(String))
  },

  'returns at most the limit, and many pages completely': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', 1700)
    await fill(storage, 'a:2', 800)
    assert.equal((await collect(storage.events.query({ category: 'a' }))).length, 2500)
    assert.equal((await collect(storage.events.query({ limit: 1999 }))).length, 1999)
    assert.equal((await collect(storage.events.query({ limit: 1 }))).length, 1)
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await rejectsWith('InvalidQuery', () => collect(storage.events.query({ limit })), `limit ${limit}`)
    }
  },

  'an aborted signal ends it with the reason': async ({ open }) => {
    const storage = await open()
    await fill(storage, 'a:1', 1500)
    const reason = new Error('enough')
    await assert.rejects(() => collect(storage.events.query({ signal: AbortSignal.abort(reason) })), reason)
    const controller = new AbortController()
    await assert.rejects(async () => {
      for await (const { stream } of storage.events.query({ signal: controller.signal })) {
        if (stream.version === 5) controller.abort(reason)
      }
    }, reason)
  },

  'excludes deleted streams, tombstones and placeholders, from the tombstone on': async ({ open }) => {
    const storage = await open()
    await storage.events.append('a:1', [event('gone'), event('too')], { expectedVersion: 0 })
    await storage.events.append('a:2', [event('here')], { expectedVersion: 0 })
    await storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 2 })
    assert.deepEqual(await ids(storage, {}), ['here'], 'ended')
    await storage.events.erase('a:1', { limit: 1 })
    assert.deepEqual(await ids(storage, {}), ['here'], 'erased half way')
    await storage.events.erase('a:1')
    assert.deepEqual(await ids(storage, {}), ['here'], 'erased')
    assert.deepEqual(await ids(storage, { types: ['$tombstone', '$husk'] }), [])
    await deleteWhole(storage, 'a:2')
    assert.deepEqual(await ids(storage, {}), [])
  },
})

const ids = async (storage: StoragePort, query: EventQuery): Promise<string[]> =>
  (await collect(storage.events.query(query))).map(({ metadata }) => metadata.eventId)

const placeOf = ({ metadata, stream }: EventDocument) => [metadata.recordedAt, stream.id, stream.version]

function inOrder(a: EventDocument, b: EventDocument): number {
  const byTime = Date.parse(a.metadata.recordedAt) - Date.parse(b.metadata.recordedAt)
  const byStream = Buffer.compare(Buffer.from(a.stream.id), Buffer.from(b.stream.id))
  return byTime || byStream || a.stream.version - b.stream.version
}
