import { describe, expect, it } from 'vitest'
import { createPayloads } from '../../../../src/privacy/payloads/create-payloads.ts'
import { ownerPrefix } from '../../../../src/privacy/payloads/object-key.ts'
import { givenPayload, referenceTo } from '../../../support/payloads/given.ts'
import { memoryCache, memoryPayloads } from '../../../support/payloads/memory-payloads.ts'

const ann = [1, 2, 3].map((n) => givenPayload('ann', n))
const bob = [4, 5].map((n) => givenPayload('bob', n))

async function given() {
  const stores = [memoryPayloads('one'), memoryPayloads('two')] as const
  const cache = memoryCache()
  const rules = [
    { name: 'first', when: ({ bytes }: { readonly bytes: number }) => bytes > 20, store: stores[0] },
    { name: 'all', store: stores[1] },
    { name: 'old', when: () => false, store: stores[1] },
  ]
  const open = () => createPayloads({ rules, cache })
  const payloads = open()
  await payloads.put([...ann, ...bob])
  await payloads.put([givenPayload('ann', 9, { bytes: 30, size: 30 })])
  return { stores, cache, payloads, open }
}

type Given = Awaited<ReturnType<typeof given>>

function left({ stores, cache }: Given): string[] {
  const keys = [...stores.flatMap(({ objects }) => [...objects.keys()]), ...cache.entries.keys()]
  return keys.filter((key) => key.startsWith(ownerPrefix('ann')))
}

describe('forgetting the payloads of an owner', () => {
  it('removes them from every store, once from each, and from the cache; those of others stay', async () => {
    const state = await given()
    await state.payloads.forget('ann')
    expect(left(state)).toEqual([])
    expect(state.stores.map(({ calls }) => calls.filter((call) => call === 'removeAll ann/').length)).toEqual([1, 1])
    expect(state.stores[1].objects.size).toBe(2)
    expect(state.cache.entries.size).toBe(2)
    await state.payloads.forget('ann')
  })

  it('empties the other stores when one fails, fails itself, and is finished by a repeat', async () => {
    const state = await given()
    state.stores[0].before = () => {
      throw new Error('503')
    }
    await expect(state.payloads.forget('ann')).rejects.toThrow(
      expect.objectContaining({ code: 'PayloadStoreFailed', store: 'one' }),
    )
    expect(state.stores[1].objects.size).toBe(2)
    state.stores[0].before = () => {}
    await state.payloads.forget('ann')
    expect(left(state)).toEqual([])
  })

  it('fails while the cache cannot remove, so that it is repeated', async () => {
    const state = await given()
    state.cache.before = () => {
      throw new Error('down')
    }
    await expect(state.payloads.forget('ann')).rejects.toThrow()
    expect(state.stores[1].objects.size).toBe(2)
    state.cache.before = () => {}
    await state.payloads.forget('ann')
    expect(left(state)).toEqual([])
  })

  // A read may find an object, be slow, and fill the cache after the object was removed.
  it.each(['this process', 'another process'])('is not undone by a read of %s that began before', async (where) => {
    const state = await given()
    const reader = where === 'this process' ? state.payloads : state.open()
    // Within a process it does not take a cache that refuses.
    if (where === 'this process') state.cache.refused.add = () => state.cache.refused
    state.cache.entries.clear()
    const read = Promise.withResolvers<void>()
    const resume = Promise.withResolvers<void>()
    state.stores[1].afterRead = () => {
      read.resolve()
      return resume.promise
    }
    const reading = reader.fetch(ann.map((payload) => referenceTo(payload)))
    await read.promise
    const forgetting = state.payloads.forget('ann')
    while (state.stores[1].objects.size > 2) await new Promise(setImmediate)
    resume.resolve()
    await Promise.all([reading, forgetting])
    expect(left(state)).toEqual([])
  })

  it('waits for a fill that this process is already writing', async () => {
    const state = await given()
    state.cache.entries.clear()
    // A cache that refuses nothing: what has begun must be over before it removes.
    state.cache.refused.add = () => state.cache.refused
    const began = Promise.withResolvers<void>()
    const resume = Promise.withResolvers<void>()
    state.cache.before = async (call) => {
      if (call !== 'set') return
      began.resolve()
      await resume.promise
    }
    const reading = state.payloads.fetch(ann.map((payload) => referenceTo(payload)))
    await began.promise
    const forgetting = state.payloads.forget('ann')
    await new Promise(setImmediate)
    resume.resolve()
    await Promise.all([reading, forgetting])
    expect(left(state)).toEqual([])
  })

  it('keeps what is read meanwhile of others in the cache', async () => {
    const state = await given()
    state.cache.entries.clear()
    await Promise.all([
      state.payloads.fetch([...ann, ...bob].map((payload) => referenceTo(payload))).catch(() => {}),
      state.payloads.forget('ann'),
    ])
    expect([...state.cache.entries.keys()].sort()).toEqual(bob.map(({ key }) => key).sort())
  })
})
