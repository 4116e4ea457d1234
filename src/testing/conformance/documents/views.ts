import assert from 'node:assert/strict'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { ViewDocument } from '../../../core/port/view-store.ts'
import { randomFrom } from '../../../core/random.ts'
import { casesOf } from '../case.ts'
import { numbers } from '../support/events.ts'
import { rejectsWith, within } from '../support/expect.ts'
import { below, randomObject } from '../support/random.ts'
import { keysOf, PROJECTION, saveViews, view } from '../support/views.ts'

const BAD_KEYS = ['', 'a/b', 'a\\b', 'a?', 'a#', '\n', '\u007f', 'x'.repeat(201), '\ud800']

/** How long a change may take to be noticed, in milliseconds. */
const NOTICED = 5000

/** Views, saved by ETag. */
export const views = casesOf('views', {
  'parked marks are read by key, without those that are not parked': async ({ open }) => {
    const { viewStore } = await open()
    if (viewStore.getParked === undefined) return
    const mark = { id: 'one', event: { version: 3, hash: 'AB' }, tail: [['s:1', 3, 7, 'AB']], text: 'a "b" \u0000 é' }
    const { projection, version } = view('a', {})
    await viewStore.save(view('a', {}), 'ifAbsent')
    await viewStore.save(view('b', { large: 'x'.repeat(1_000) }, { parked: mark }), 'ifAbsent')
    const found = await viewStore.getParked(projection, version, ['a', 'b', 'c'])
    assert.deepEqual([...found], [['b', mark]])
    assert.equal((await viewStore.getParked(projection, version + 1, ['b'])).size, 0)
  },

  'a view is returned as it was saved, with unknown fields, on another handle too': async ({ open, reopen }) => {
    const storage = await open()
    const parked = { since: '2026-01-01T00:00:00.000Z', error: { message: 'no' } }
    const saved = view('k', { deep: [{ x: null }] }, { parked, unknown: { to: ['us'] }, _other: 1 })
    const result = await storage.viewStore.save(saved, 'ifAbsent')
    for (const port of [storage, await reopen(storage)]) {
      const found = await port.viewStore.get({ ...PROJECTION, key: 'k' })
      assert.deepEqual(found?.document, saved)
      assert.equal(found?.etag, result.saved && result.etag)
    }
    const [queried] = (await storage.viewStore.query(PROJECTION)).views
    assert.deepEqual(queried?.document, saved)
  },

  'any JSON is returned unchanged': async ({ open }) => {
    const seed = Date.now() % 0x100000000
    const random = randomFrom(seed)
    const storage = await open()
    // Names that a look-up of members by name may find although they were never set.
    const inherited = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']
    const awkward = Object.fromEntries(inherited.map((name) => [name, [{ [name]: [[{ n: 1 }]] }]]))
    await storage.viewStore.save(view('awkward', awkward), 'ifAbsent')
    assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key: 'awkward' }))?.document.data, awkward)
    for (let round = 0; round < 40; round++) {
      const saved = view(`k${below(random, 1e9)}`, randomObject(random, 4))
      await storage.viewStore.save(saved, 'ifAbsent')
      const found = await storage.viewStore.get(saved)
      assert.deepEqual(found?.document.data, saved.data, `seed ${seed}, round ${round}`)
    }
  },

  'a missing view is undefined': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { k: {} })
    assert.equal(await storage.viewStore.get({ ...PROJECTION, key: 'other' }), undefined)
    assert.equal(await storage.viewStore.get({ ...PROJECTION, version: 2, key: 'k' }), undefined)
    assert.equal(await storage.viewStore.get({ projection: 'other', version: 1, key: 'k' }), undefined)
  },

  'keys differ by every character': async ({ open }) => {
    const storage = await open()
    const keys = ['a', 'A', 'ä', 'a\u0308', 'a ', 'a:b', '%', '_', "'", '"', '😀', 'x'.repeat(200)]
    await saveViews(storage, Object.fromEntries(keys.map((key) => [key, { key }])))
    for (const key of keys) {
      assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key }))?.document.data, { key })
    }
  },

  'getMany returns existing views, each with its ETag': async ({ open }) => {
    const storage = await open()
    const keys = numbers(1, 300).map(String)
    await saveViews(storage, Object.fromEntries(keys.map((key) => [key, { key }])))
    await storage.viewStore.save(view('1', { other: true }, { version: 2 }), 'ifAbsent')
    const found = await storage.viewStore.getMany('overview', 1, [...keys, 'missing', '7'])
    assert.deepEqual([...found.keys()].toSorted(), keys.toSorted())
    for (const [key, stored] of found) {
      assert.deepEqual(stored, await storage.viewStore.get({ ...PROJECTION, key }))
    }
    assert.equal((await storage.viewStore.getMany('overview', 1, [])).size, 0)
  },

  'a view without data is kept, with its tidemarks, and hidden from queries': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { here: { n: 1 }, gone: null })
    assert.deepEqual(await keysOf(storage), ['here'])
    const found = await storage.viewStore.get({ ...PROJECTION, key: 'gone' })
    assert.deepEqual(found?.document, view('gone', null))
    assert.equal((await storage.viewStore.getMany('overview', 1, ['gone'])).size, 1)
    await storage.viewStore.save(view('gone', { n: 2 }), { ifMatch: found?.etag ?? '' })
    assert.deepEqual(await keysOf(storage), ['gone', 'here'], 'it may be created again')
  },

  'a view beyond the limit is ViewTooLarge, and nothing is saved': async ({ open }) => {
    const storage = await open()
    const limit = storage.limits.bytesPerView
    const error = await rejectsWith('ViewTooLarge', () =>
      storage.viewStore.save(view('k', { text: 'é'.repeat(Math.ceil(limit / 2)) }), 'ifAbsent'),
    )
    assert.equal(error.limit, limit)
    assert.ok((error.bytes as number) > limit)
    assert.equal(await storage.viewStore.get({ ...PROJECTION, key: 'k' }), undefined)
    const frame = Buffer.byteLength(JSON.stringify(view('k', { text: '' })))
    const full = await storage.viewStore.save(view('k', { text: 'a'.repeat(limit - frame) }), 'ifAbsent')
    assert.ok(full.saved, 'at the limit it fits')
  },

  'an invalid key is InvalidViewKey': async ({ open }) => {
    const storage = await open()
    for (const key of BAD_KEYS) {
      const what = JSON.stringify(key)
      await rejectsWith('InvalidViewKey', () => storage.viewStore.get({ ...PROJECTION, key }), what)
      await rejectsWith('InvalidViewKey', () => storage.viewStore.getMany('overview', 1, ['good', key]), what)
      await rejectsWith('InvalidViewKey', () => storage.viewStore.save(view(key, {}), 'ifAbsent'), what)
    }
  },

  'drop removes one version of one projection, and can be repeated': async ({ open }) => {
    const storage = await open()
    const others: ViewDocument[] = [
      view('k', { of: 'version 2' }, { version: 2 }),
      view('k', { of: 'version 11' }, { version: 11 }),
      view('k', { of: 'other' }, { projection: 'overview2' }),
      view('k', { of: 'pattern' }, { projection: 'overvie_' }),
    ]
    for (const other of others) await storage.viewStore.save(other, 'ifAbsent')
    await saveViews(storage, Object.fromEntries(numbers(1, 250).map((n) => [`${n}`, { n }])))
    for (const _ of [1, 2]) {
      await storage.viewStore.drop('overview', 1)
      assert.deepEqual(await keysOf(storage), [])
      assert.equal(await storage.viewStore.get({ ...PROJECTION, key: '7' }), undefined)
    }
    for (const other of others) assert.deepEqual((await storage.viewStore.get(other))?.document, other)
    assert.ok((await storage.viewStore.save(view('7', {}), 'ifAbsent')).saved, 'the key is free again')
  },

  'changed resolves when a view is saved by this handle or another, and on abort': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    for (const [key, writer] of Object.entries({ one: storage, two: other })) {
      const waiting = untilThere(storage, key)
      await writer.viewStore.save(view(key, {}), 'ifAbsent')
      await within(NOTICED, 'noticing a view', waiting)
    }
    const controller = new AbortController()
    const waiting = storage.viewStore.changed(controller.signal)
    controller.abort()
    await within(NOTICED, 'a wait that is aborted', waiting)
    await within(NOTICED, 'an aborted wait', storage.viewStore.changed(AbortSignal.abort()))
  },
})

async function untilThere(storage: StoragePort, key: string): Promise<void> {
  for (;;) {
    const controller = new AbortController()
    const changed = storage.viewStore.changed(controller.signal)
    const found = await storage.viewStore.get({ ...PROJECTION, key })
    if (found) controller.abort()
    await changed
    if (found) return
  }
}
