import assert from 'node:assert/strict'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { numbers } from '../support/events.ts'
import { rejectsWith, within } from '../support/expect.ts'
import { keysOf, PROJECTION, saveViews, view } from '../support/views.ts'

/** How long a change may take to be noticed, in milliseconds. */
const NOTICED = 5000

const ref = { ...PROJECTION, key: 'k' }

/** Views removed one at a time, by ETag. */
export const removedViews = casesOf('removed views', {
  'a view is removed only under the ETag that was read': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    const first = await storage.viewStore.save(view('k', { n: 1 }), 'ifAbsent')
    const second = await other.viewStore.save(view('k', { n: 2 }), { ifMatch: first.saved ? first.etag : '' })
    assert.ok(first.saved && second.saved)
    for (const etag of [first.etag, 'never', '', '"0"']) {
      assert.equal(await storage.viewStore.remove(ref, etag), false, JSON.stringify(etag))
      assert.deepEqual((await storage.viewStore.get(ref))?.document.data, { n: 2 })
    }
    assert.equal(await storage.viewStore.remove(ref, second.etag), true)
    for (const port of [storage, other]) assert.equal(await port.viewStore.get(ref), undefined)
    assert.deepEqual(await keysOf(storage), [])
  },

  'an absent view cannot be removed, nor one twice': async ({ open }) => {
    const storage = await open()
    const saved = await storage.viewStore.save(view('k', {}), 'ifAbsent')
    const etag = saved.saved ? saved.etag : ''
    assert.equal(await storage.viewStore.remove({ ...ref, key: 'other' }, etag), false)
    assert.equal(await storage.viewStore.remove({ ...ref, version: 2 }, etag), false)
    assert.equal(await storage.viewStore.remove({ ...ref, projection: 'overview2' }, etag), false)
    assert.equal(await storage.viewStore.remove(ref, etag), true)
    assert.equal(await storage.viewStore.remove(ref, etag), false)
  },

  'a removed view can be created again, with an ETag that it never had': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const etags: string[] = []
    for (const round of numbers(0, 5)) {
      const { viewStore } = ports[round % 2] as StoragePort
      const saved = await viewStore.save(view('k', { same: true }), 'ifAbsent')
      assert.ok(saved.saved, `round ${round}`)
      for (const stale of etags) {
        assert.equal(await viewStore.remove(ref, stale), false)
        assert.deepEqual(await viewStore.save(view('k', {}), { ifMatch: stale }), { saved: false })
      }
      etags.push(saved.etag)
      assert.equal(await viewStore.remove(ref, saved.etag), true)
      assert.deepEqual(await viewStore.save(view('k', {}), { ifMatch: saved.etag }), { saved: false })
    }
    assert.equal(new Set(etags).size, etags.length)
  },

  'other views are kept when one is removed': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { a: { n: 1 }, k: { n: 2 }, 'k:': { n: 3 }, K: { n: 4 } })
    await storage.viewStore.save(view('k', {}, { version: 2 }), 'ifAbsent')
    const found = await storage.viewStore.get(ref)
    assert.equal(await storage.viewStore.remove(ref, found?.etag ?? ''), true)
    assert.deepEqual((await keysOf(storage)).toSorted(), ['K', 'a', 'k:'])
    assert.ok(await storage.viewStore.get({ ...ref, version: 2 }))
  },

  'of 16 that save or remove over one ETag, exactly one wins': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const first = await storage.viewStore.save(view('k', { n: -1 }), 'ifAbsent')
    const etag = first.saved ? first.etag : ''
    const done = await Promise.all(
      numbers(0, 15).map(async (n) => {
        const { viewStore } = ports[n % 2] as StoragePort
        if (n % 4 < 2) return viewStore.remove(ref, etag)
        return (await viewStore.save(view('k', { n }), { ifMatch: etag })).saved
      }),
    )
    const winners = done.flatMap((won, n) => (won ? [n] : []))
    assert.equal(winners.length, 1)
    const left = (await storage.viewStore.get(ref))?.document.data
    assert.deepEqual(left, (winners[0] as number) % 4 < 2 ? undefined : { n: winners[0] })
  },

  'an invalid key is InvalidViewKey when removing': async ({ open }) => {
    const storage = await open()
    await rejectsWith('InvalidViewKey', () => storage.viewStore.remove({ ...ref, key: 'a/b' }, '"0"'))
  },

  'changed resolves when a view is removed by this handle or another': async ({ open, reopen }) => {
    const storage = await open()
    for (const writer of [storage, await reopen(storage)]) {
      await storage.viewStore.save(view('k', {}), 'ifAbsent')
      const gone = untilGone(storage)
      const found = await writer.viewStore.get(ref)
      assert.equal(await writer.viewStore.remove(ref, found?.etag ?? ''), true)
      await within(NOTICED, 'noticing a removal', gone)
    }
  },
})

async function untilGone({ viewStore }: StoragePort): Promise<void> {
  for (;;) {
    const controller = new AbortController()
    const changed = viewStore.changed(controller.signal)
    const found = await viewStore.get(ref)
    if (found === undefined) controller.abort()
    await changed
    if (found === undefined) return
  }
}
