import assert from 'node:assert/strict'
import type { StreamsQuery } from '../../../core/port/event-log.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { deleteWhole, event, fill, grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'

/** Lists of streams. */
export const streamLists = casesOf('streams', {
  'lists each stream once, in the order of code points': async ({ open }) => {
    const storage = await open()
    assert.deepEqual(await list(storage), [])
    const ids = ['b:1', 'a:2', 'a:10', 'a:\uffee', 'a:😀', 'B:1', 'a:1', 'a:1:2026', "a:'", 'a-b:1', 'ab:1']
    for (const id of ids) await grow(storage, id, 3)
    assert.deepEqual(await list(storage), ids.toSorted(byCodePoint))
  },

  'lists the streams of a category, whole and exact': async ({ open }) => {
    const storage = await open()
    for (const category of ['meter', 'meters', 'Meter', 'mete_', 'me', 'm%', 'meter-1']) {
      await grow(storage, `${category}:1:2026`, 2)
      await grow(storage, `${category}:\uffff`, 1)
    }
    for (const category of ['meter', 'Meter', 'me', 'm%', 'mete_']) {
      assert.deepEqual(await list(storage, { category }), [`${category}:1:2026`, `${category}:\uffff`], category)
    }
    for (const category of ['', 'm', 'mete', 'meter:1', 'meter:', "meter' OR '1'='1", '%']) {
      assert.deepEqual(await list(storage, { category }), [], category)
    }
  },

  'resumes after any text, and stops at the limit': async ({ open }) => {
    const storage = await open()
    for (const id of ['a:1', 'a:2', 'b:1', 'b:2', 'c:1']) await grow(storage, id, 1)
    assert.deepEqual(await list(storage, { after: 'a:2' }), ['b:1', 'b:2', 'c:1'])
    assert.deepEqual(await list(storage, { after: 'a:3', limit: 2 }), ['b:1', 'b:2'])
    assert.deepEqual(await list(storage, { after: '' }), ['a:1', 'a:2', 'b:1', 'b:2', 'c:1'])
    assert.deepEqual(await list(storage, { after: 'c:1' }), [])
    assert.deepEqual(await list(storage, { category: 'b', after: 'a:9' }), ['b:1', 'b:2'])
    assert.deepEqual(await list(storage, { category: 'b', after: 'b:1' }), ['b:2'])
    assert.deepEqual(await list(storage, { category: 'a', after: 'b:1' }), [])
    assert.deepEqual(await list(storage, { limit: 1 }), ['a:1'])
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await rejectsWith('InvalidQuery', () => list(storage, { limit }), String(limit))
    }
  },

  'leaves deleted streams out, erased or not': async ({ open }) => {
    const storage = await open()
    for (const id of ['a:1', 'a:2', 'a:3', 'a:4']) await grow(storage, id, 2)
    const { metadata } = event('tombstone of a:2')
    await storage.events.tombstone('a:2', { metadata }, { expectedVersion: 'any' })
    await deleteWhole(storage, 'a:4')
    assert.deepEqual(await list(storage), ['a:1', 'a:3'])
    assert.deepEqual(await list(storage, { limit: 2 }), ['a:1', 'a:3'])
    assert.deepEqual(await list(storage, { after: 'a:2' }), ['a:3'])
  },

  'goes on over many pages': async ({ open }) => {
    const storage = await open()
    const ids = Array.from({ length: 603 }, (_, i) => `a:${i}`)
    for (let i = 0; i < ids.length; i += 50) {
      await Promise.all(ids.slice(i, i + 50).map((id) => fill(storage, id, 1)))
    }
    assert.deepEqual(await list(storage), ids.toSorted(byCodePoint))
    assert.deepEqual(await list(storage, { limit: 550 }), ids.toSorted(byCodePoint).slice(0, 550))
  },

  'stops when its signal is aborted': async ({ open }) => {
    const storage = await open()
    for (const id of ['a:1', 'a:2', 'a:3']) await grow(storage, id, 1)
    await assert.rejects(list(storage, { signal: AbortSignal.abort(new Error('enough')) }), /enough/)
    const stop = new AbortController()
    const seen: string[] = []
    await assert.rejects(async () => {
      for await (const id of storage.events.streams({ signal: stop.signal })) {
        seen.push(id)
        stop.abort(new Error('enough'))
      }
    }, /enough/)
    assert.deepEqual(seen, ['a:1'])
  },
})

async function list(storage: StoragePort, query?: StreamsQuery): Promise<string[]> {
  const ids: string[] = []
  for await (const id of storage.events.streams(query)) ids.push(id)
  return ids
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
