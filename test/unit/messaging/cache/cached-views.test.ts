import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { cachedViews } from '../../../../src/messaging/cache/cached-views.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { changeVersionRecord } from '../../../../src/views/version-record.ts'
import { memoryStates } from '../../../support/messaging/memory-states.ts'
import { interposed } from '../../processor/support.ts'
import { notes, storeView } from '../../views/support.ts'

const marks = (lsn: number) => [{ min: '', max: 'FF', lsn, hash: 'AB', version: 1 }]

/** A storage that counts how often views were read. */
function counting(port: StoragePort) {
  let reads = 0
  const counted = interposed(port, (call, next, parameters) => {
    if (call === 'viewStore.getMany' && parameters[0] === 'notes') reads++
    return next()
  })
  return { port: counted, reads: () => reads }
}

/** Reads through a cache, with what it did visible. */
async function given() {
  const port = openMemory()
  const { port: counted, reads } = counting(port)
  const cache = memoryStates()
  const clock = manualClock()
  return { port, cache, clock, reads, views: cachedViews(counted, cache, { clock }) }
}

const activate = (port: StoragePort, active: number) =>
  changeVersionRecord(port, 'notes', (record) => ({ versions: { ...record?.versions }, active }))

describe('cached views', () => {
  it('come from the storage once, and then from the cache', async () => {
    const { port, views, reads, cache } = await given()
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    expect(await views.get(notes, 'a')).toEqual({ n: 1 })
    await setImmediate()
    expect(await views.get(notes, 'a')).toEqual({ n: 1 })
    expect(reads()).toBe(1)
    expect(cache.published).toEqual([])
  })

  it('that start to be read together are read together', async () => {
    const { port, views, reads } = await given()
    const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
    for (const [i, key] of keys.entries()) await storeView(port, key, i, { tidemarks: marks(1) })
    const found = await Promise.all(keys.map((key) => views.get(notes, key)))
    expect(found).toEqual(keys.map((_, n) => ({ n })))
    expect(reads()).toBe(1)
  })

  it('are null if there is none, or if it is deleted; only the latter is cached', async () => {
    const { port, views, reads } = await given()
    await storeView(port, 'a', 1, { data: null, tidemarks: marks(1) })
    for (let i = 0; i < 3; i++) {
      expect(await views.get(notes, 'a')).toBeNull()
      await setImmediate()
    }
    expect(reads()).toBe(1)
    for (let i = 0; i < 3; i++) expect(await views.get(notes, 'none')).toBeNull()
    expect(reads()).toBe(4)
  })

  it('come from the storage while the cache is away', async () => {
    const { port, views, cache } = await given()
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    await views.get(notes, 'a')
    cache.isAway = true
    await storeView(port, 'a', 2, { tidemarks: marks(2) })
    expect(await views.get(notes, 'a')).toEqual({ n: 2 })
  })

  it('that are parked come from the storage', async () => {
    const { port, views, cache } = await given()
    await storeView(port, 'a', 1, { tidemarks: marks(1), parked: { reason: 'test' } })
    expect(await views.get(notes, 'a')).toEqual({ n: 1 })
    await setImmediate()
    expect(cache.entries.size).toBe(0)
    await storeView(port, 'a', 2, { tidemarks: marks(2) })
    expect(await views.get(notes, 'a')).toEqual({ n: 2 })
  })

  it('do not replace a newer state by one that was read before it', async () => {
    const port = openMemory()
    const cache = memoryStates()
    await storeView(port, 'a', 2, { tidemarks: marks(2) })
    await cachedViews(port, cache).get(notes, 'a')
    await setImmediate()
    const newer = new Map(cache.entries)
    cache.entries.clear()
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    const overtaken = interposed(port, async (call, next, parameters) => {
      const result = await next()
      if (call === 'viewStore.getMany' && parameters[0] === 'notes')
        await cache.write([...newer.values()], { publish: true })
      return result
    })
    expect(await cachedViews(overtaken, cache).get(notes, 'a')).toEqual({ n: 1 })
    await setImmediate()
    expect(cache.entries).toEqual(newer)
    expect(await cachedViews(port, cache).get(notes, 'a')).toEqual({ n: 2 })
  })

  it('are not cached if reading them took so long that a newer state may have come and gone', async () => {
    const port = openMemory()
    const clock = manualClock()
    const cache = memoryStates()
    const slow = interposed(port, async (call, next, parameters) => {
      const result = await next()
      if (call === 'viewStore.getMany' && parameters[0] === 'notes') clock.advance(5_000)
      return result
    })
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    expect(await cachedViews(slow, cache, { clock }).get(notes, 'a')).toEqual({ n: 1 })
    await setImmediate()
    expect(cache.counts.writes).toBe(0)
  })

  it('are of the version that readers see, within a second of a switch', async () => {
    const { port, views, clock } = await given()
    await activate(port, 1)
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    await storeView(port, 'a', 100, { version: 2, tidemarks: marks(1) })
    expect(await views.get(notes, 'a')).toEqual({ n: 1 })
    await activate(port, 2)
    clock.advance(1_000)
    expect(await views.get(notes, 'a')).toEqual({ n: 100 })
  })

  it('are not what was cached when a version was active before', async () => {
    const { port, views, clock } = await given()
    await activate(port, 1)
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    await storeView(port, 'a', 100, { version: 2, tidemarks: marks(1) })
    expect(await views.get(notes, 'a')).toEqual({ n: 1 })
    await activate(port, 2)
    // Nobody caches the states of the version that is not active.
    await storeView(port, 'a', 2, { tidemarks: marks(2) })
    await activate(port, 1)
    clock.advance(1_000)
    expect(await views.get(notes, 'a')).toEqual({ n: 2 })
  })

  it('belong to the environment that the storage was opened for', async () => {
    const { port, cache } = await given()
    await storeView(port, 'a', 1, { tidemarks: marks(1) })
    const inProduction = cachedViews({ ...port, environment: 'prod' }, cache)
    for (let i = 0; i < 2; i++) {
      expect(await inProduction.get(notes, 'a')).toEqual({ n: 1 })
      await setImmediate()
    }
    expect([...cache.entries.values()]).toMatchObject([{ environment: 'prod', key: 'a' }])
    expect(await cachedViews(port, cache).get(notes, 'a')).toEqual({ n: 1 })
    await setImmediate()
    expect(cache.entries.size).toBe(2)
  })

  it('refuse a key that no view can have', async () => {
    const { views } = await given()
    await expect(views.get(notes, 'a/b')).rejects.toMatchObject({ code: 'InvalidViewKey' })
  })
})
