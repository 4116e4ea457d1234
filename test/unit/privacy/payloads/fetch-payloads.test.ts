import { describe, expect, it } from 'vitest'
import { PayloadStoreFailed } from '../../../../src/core/errors/payload.ts'
import { createPayloads } from '../../../../src/privacy/payloads/create-payloads.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { givenPayload, referenceTo } from '../../../support/payloads/given.ts'
import { memoryCache, memoryPayloads } from '../../../support/payloads/memory-payloads.ts'

const page = Array.from({ length: 50 }, (_, n) => givenPayload(n % 2 ? 'p' : 'q', n))
const references = page.map((payload) => referenceTo(payload))
const contents = page.map(({ content }) => content)

async function given({ atOnce = 4, clock = manualClock() } = {}) {
  const store = memoryPayloads()
  const cache = memoryCache()
  const payloads = createPayloads({ rules: [{ name: 'all', store }], cache, atOnce, clock })
  await payloads.put(page)
  store.calls.length = 0
  cache.calls.length = 0
  return { store, cache, payloads, clock }
}

const bytesOf = (found: readonly Uint8Array[]) => found.map((bytes) => Buffer.from(bytes))

describe('a page of payloads', () => {
  it('costs one round trip to the cache and no request to a store, once its payloads were put', async () => {
    const { store, cache, payloads } = await given()
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(cache.calls).toEqual(['getMany'])
    expect(store.calls).toEqual([])
  })

  it('is read from the store where the cache has nothing any more, and is cached then', async () => {
    const { store, cache, payloads } = await given()
    cache.entries.clear()
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(store.calls).toHaveLength(50)
    expect(cache.calls).toEqual(['getMany', 'set'])
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(store.calls).toHaveLength(50)
  })

  it('takes one object from the store when one is missing in the cache', async () => {
    const { store, cache, payloads } = await given()
    cache.entries.delete(page[7]?.key ?? '')
    await payloads.fetch(references)
    expect(store.calls).toEqual([`get ${page[7]?.key}`])
  })

  it('is complete and correct while the cache fails', async () => {
    const { cache, payloads } = await given()
    cache.before = () => {
      throw new Error('down')
    }
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
  })

  it('is taken from the store where the cache returns something else', async () => {
    const { cache, payloads, store } = await given()
    for (const [i, { key }] of page.entries())
      cache.entries.set(key, i % 2 ? Buffer.from('something else') : Buffer.alloc(20, 'z'))
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
    expect(store.calls).toHaveLength(50)
  })

  it('reads an object once, however many pages want it at the same time', async () => {
    const { store, cache, payloads } = await given()
    cache.entries.clear()
    const pages = await Promise.all([1, 2, 3].map(() => payloads.fetch([...references, ...references])))
    for (const found of pages) expect(bytesOf(found)).toEqual([...contents, ...contents])
    expect(store.calls).toHaveLength(50)
  })

  it('reads no more objects at once than allowed', async () => {
    const { store, cache, payloads } = await given({ atOnce: 3 })
    cache.entries.clear()
    let [running, most] = [0, 0]
    store.before = async () => {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
    }
    await payloads.fetch(references)
    expect(most).toBe(3)
  })

  it('is nothing for no references, without any call', async () => {
    const { cache, payloads } = await given()
    expect(await payloads.fetch([])).toEqual([])
    expect(cache.calls).toEqual([])
  })
})

describe('a payload', () => {
  it('that the store does not have is lost, which names the event, the field and the object', async () => {
    const { store, cache, payloads } = await given()
    cache.entries.clear()
    store.objects.delete(page[3]?.key ?? '')
    await expect(payloads.fetch(references)).rejects.toThrow(
      expect.objectContaining({
        code: 'PayloadLost',
        rule: 'all',
        key: page[3]?.key,
        message: expect.stringMatching(/scan of event member:1@1 is lost/),
      }),
    )
    // What was read goes into the cache, so that the next attempt only needs what has failed.
    store.calls.length = 0
    await expect(payloads.fetch(references)).rejects.toThrow('lost')
    expect(store.calls).toEqual([`get ${page[3]?.key}`])
  })

  it.each([
    ['a flipped bit', (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, i) => (i === 5 ? byte ^ 1 : byte))],
    ['a byte less', (bytes: Uint8Array) => bytes.slice(1)],
    ['nothing in it', () => new Uint8Array()],
  ])('with %s in the store was tampered with, and does not enter the cache', async (_, change) => {
    const { store, cache, payloads } = await given()
    cache.entries.clear()
    const key = page[0]?.key ?? ''
    const object = store.objects.get(key)
    if (object) object.bytes = change(object.bytes)
    await expect(payloads.fetch(references)).rejects.toThrow(expect.objectContaining({ code: 'PayloadTampered', key }))
    expect(cache.entries.has(key)).toBe(false)
  })

  it('whose store fails is neither lost nor tampered with: the failure can be retried', async () => {
    const { store, cache, payloads } = await given()
    cache.entries.clear()
    const cause = new Error('503')
    store.before = () => {
      throw cause
    }
    await expect(payloads.fetch(references)).rejects.toThrow(
      expect.objectContaining({ code: 'PayloadStoreFailed', store: 'memory', cause }),
    )
    store.before = () => {}
    expect(bytesOf(await payloads.fetch(references))).toEqual(contents)
  })

  it('whose store hangs fails after the time limit, and the next one gets its turn', async () => {
    const { store, cache, payloads, clock } = await given({ atOnce: 1 })
    cache.entries.clear()
    const aborted: unknown[] = []
    const get = store.get.bind(store)
    store.get = (_key, signal) =>
      new Promise(() => signal?.addEventListener('abort', () => aborted.push(signal.reason)))
    const hanging = payloads.fetch(references.slice(0, 1))
    const failed = expect(hanging).rejects.toThrow(PayloadStoreFailed)
    while (clock.sleeping === 0) await new Promise(setImmediate)
    clock.advance(30_000)
    await failed
    await expect(hanging).rejects.toThrow('get took longer than 30000 ms')
    expect(aborted).toHaveLength(1)
    store.get = get
    expect(bytesOf(await payloads.fetch(references.slice(0, 1)))).toEqual(contents.slice(0, 1))
  })
})

describe('an append whose store fails', () => {
  it('has put nothing into the cache, waits for what is being written, and fails as the store did', async () => {
    const store = memoryPayloads()
    const cache = memoryCache()
    const payloads = createPayloads({ rules: [{ name: 'all', store }], cache })
    let running = 0
    store.before = async (call) => {
      running++
      await new Promise(setImmediate)
      running--
      if (call.includes('event-3/')) throw new Error('503')
    }
    await expect(payloads.put(page)).rejects.toThrow(PayloadStoreFailed)
    expect(running).toBe(0)
    expect(cache.calls).toEqual([])
  })
})
