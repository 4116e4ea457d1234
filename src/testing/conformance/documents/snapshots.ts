import assert from 'node:assert/strict'
import { casesOf } from '../case.ts'
import { rejectsWith } from '../support/expect.ts'
import { snapshot } from '../support/snapshots.ts'

/** Snapshots, one for each stream. */
export const snapshots = casesOf('snapshots', {
  'a snapshot is returned as it was saved, on another handle too': async ({ open, reopen }) => {
    const storage = await open()
    const saved = snapshot('a:1', { state: { deep: [null, 1.5, '😀'] } })
    await storage.snapshots.save(saved)
    for (const port of [storage, await reopen(storage)]) assert.deepEqual(await port.snapshots.get('a:1'), saved)
  },

  'a stream without one has undefined': async ({ open }) => {
    const storage = await open()
    await storage.snapshots.save(snapshot('a:1'))
    assert.equal(await storage.snapshots.get('a:2'), undefined)
    assert.equal(await storage.snapshots.get('a:1:2026'), undefined)
  },

  'a save replaces the previous one, older or newer': async ({ open }) => {
    const storage = await open()
    for (const version of [5, 9, 7]) {
      await storage.snapshots.save(snapshot('a:1', { version }))
      assert.equal((await storage.snapshots.get('a:1'))?.version, version)
    }
  },

  'remove removes one, and can be repeated': async ({ open }) => {
    const storage = await open()
    await storage.snapshots.save(snapshot('a:1'))
    await storage.snapshots.save(snapshot('a:2'))
    await storage.snapshots.remove('a:1')
    await storage.snapshots.remove('a:1')
    assert.equal(await storage.snapshots.get('a:1'), undefined)
    assert.deepEqual(await storage.snapshots.get('a:2'), snapshot('a:2'))
  },

  'any JSON may be a state': async ({ open }) => {
    const storage = await open()
    for (const state of [null, 0, '', false, [], {}, [[{ a: null }]]]) {
      await storage.snapshots.save(snapshot('a:1', { state }))
      assert.deepEqual((await storage.snapshots.get('a:1'))?.state, state)
    }
  },

  'an invalid stream id is InvalidStreamId': async ({ open }) => {
    const storage = await open()
    for (const id of ['', 'a', 'a:b/c', 'a:b:c:d']) {
      await rejectsWith('InvalidStreamId', () => storage.snapshots.get(id), id)
      await rejectsWith('InvalidStreamId', () => storage.snapshots.save(snapshot(id)), id)
      await rejectsWith('InvalidStreamId', () => storage.snapshots.remove(id), id)
    }
  },
})
