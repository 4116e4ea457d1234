import assert from 'node:assert/strict'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { numbers } from '../support/events.ts'
import { PROJECTION, view } from '../support/views.ts'

/** Saves of views, conditional on their ETags. */
export const viewSaves = casesOf('view saves', {
  'a save succeeds only over the ETag that was read': async ({ open }) => {
    const storage = await open()
    const first = await storage.viewStore.save(view('k', { n: 1 }), 'ifAbsent')
    assert.ok(first.saved)
    const second = await storage.viewStore.save(view('k', { n: 2 }), { ifMatch: first.etag })
    assert.ok(second.saved)
    assert.notEqual(second.etag, first.etag)
    for (const condition of [{ ifMatch: first.etag }, { ifMatch: 'never' }, { ifMatch: '' }, 'ifAbsent'] as const) {
      const refused = await storage.viewStore.save(view('k', { n: 3 }), condition)
      assert.deepEqual(refused, { saved: false }, JSON.stringify(condition))
    }
    const found = await storage.viewStore.get({ ...PROJECTION, key: 'k' })
    assert.deepEqual([found?.document.data, found?.etag], [{ n: 2 }, second.etag])
  },

  'a save over an ETag of a missing view does nothing': async ({ open }) => {
    const storage = await open()
    const other = await storage.viewStore.save(view('other', {}), 'ifAbsent')
    const condition = { ifMatch: other.saved ? other.etag : '' }
    assert.deepEqual(await storage.viewStore.save(view('k', {}), condition), { saved: false })
    assert.equal(await storage.viewStore.get({ ...PROJECTION, key: 'k' }), undefined)
  },

  'an ETag is not reused when the same content is saved again': async ({ open }) => {
    const storage = await open()
    const etags = new Set<string>()
    for (const n of [1, 2, 1, 2, 1]) {
      const before = await storage.viewStore.get({ ...PROJECTION, key: 'k' })
      const condition = before ? { ifMatch: before.etag } : ('ifAbsent' as const)
      const result = await storage.viewStore.save(view('k', { n }), condition)
      if (result.saved) etags.add(result.etag)
    }
    await storage.viewStore.drop(PROJECTION.projection, PROJECTION.version)
    const anew = await storage.viewStore.save(view('k', { n: 1 }), 'ifAbsent')
    if (anew.saved) etags.add(anew.etag)
    assert.equal(etags.size, 6)
  },

  'no ETag is reused when handles save alternately': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage), await reopen(storage)]
    const etags: string[] = []
    for (const turn of numbers(0, 11)) {
      const port = ports[turn % 3] as StoragePort
      const found = await port.viewStore.get({ ...PROJECTION, key: 'k' })
      const condition = found ? { ifMatch: found.etag } : ('ifAbsent' as const)
      const result = await port.viewStore.save(view('k', { n: turn }), condition)
      assert.ok(result.saved, `turn ${turn}`)
      etags.push(result.etag)
      for (const stale of etags.slice(0, -1)) {
        const refused = await port.viewStore.save(view('k', { n: -1 }), { ifMatch: stale })
        assert.deepEqual(refused, { saved: false }, `turn ${turn}`)
      }
    }
    assert.equal(new Set(etags).size, etags.length)
    assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key: 'k' }))?.document.data, { n: 11 })
  },

  'of 16 first saves at once, exactly one wins': async ({ open, reopen }) => {
    const storage = await open()
    await raceToSave([storage, await reopen(storage)], 'ifAbsent')
  },

  'of 16 saves over one ETag, exactly one wins': async ({ open, reopen }) => {
    const storage = await open()
    const first = await storage.viewStore.save(view('k', { n: -1 }), 'ifAbsent')
    await raceToSave([storage, await reopen(storage)], { ifMatch: first.saved ? first.etag : '' })
  },

  'no count is lost when many add to one view': async ({ open, reopen }) => {
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    await storage.viewStore.save(view('k', { n: 0 }), 'ifAbsent')
    const add = async (port: StoragePort) => {
      for (;;) {
        const found = await port.viewStore.get({ ...PROJECTION, key: 'k' })
        assert.ok(found)
        const data = { n: (found.document.data?.n as number) + 1 }
        if ((await port.viewStore.save({ ...found.document, data }, { ifMatch: found.etag })).saved) return
      }
    }
    await Promise.all(numbers(1, 24).map((i) => add(ports[i % 2] as StoragePort)))
    assert.deepEqual((await storage.viewStore.get({ ...PROJECTION, key: 'k' }))?.document.data, { n: 24 })
  },
})

async function raceToSave(ports: readonly StoragePort[], condition: Parameters<StoragePort['viewStore']['save']>[1]) {
  const saves = numbers(0, 15).map((n) =>
    (ports[n % ports.length] as StoragePort).viewStore.save(view('k', { n }), condition),
  )
  const results = await Promise.all(saves)
  const winners = results.flatMap((result, n) => (result.saved ? [{ n, etag: result.etag }] : []))
  assert.equal(winners.length, 1)
  for (const port of ports) {
    const found = await port.viewStore.get({ ...PROJECTION, key: 'k' })
    assert.deepEqual({ n: found?.document.data?.n, etag: found?.etag }, winners[0])
  }
}
