import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../src/core/delete-stream.ts'
import { IncarnationMismatch } from '../../../src/core/errors/feed.ts'
import { InvalidPosition, InvalidViewKey } from '../../../src/core/errors/input.ts'
import { ViewParked, WaitTimedOut } from '../../../src/core/errors/view.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { encodePosition, mergePositions } from '../../../src/core/position-token.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/storage.ts'
import { activate, note, notes, placeOf, storeLease, storeView } from './support.ts'

const soon = { timeout: 40 }

describe('waiting for a view', () => {
  it('answers the view that has folded the position', async () => {
    await using storage = withViews(openMemory({ ranges: 4 }))
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, position)
    await storeView(storage, 'k', 7, { tidemarks: [{ ...range, ...at }] })
    expect(await storage.views.waitFor(notes, 'k', position)).toEqual({ n: 7 })
  })

  it('does not take a tidemark of another range for one of its own', async () => {
    await using storage = withViews(openMemory({ ranges: 4 }))
    const position = await note(storage, 's:1')
    const { range } = await placeOf(storage, position)
    const others = (await storage.feed.ranges()).filter(({ min }) => min !== range.min)
    const tidemarks = others.map((other) => ({ ...other, lsn: 999, hash: other.min, version: 1 }))
    await storeView(storage, 'k', 7, { tidemarks })
    for (const other of others) await storeLease(storage, other, 999)
    await expect(storage.views.waitFor(notes, 'k', position, soon)).rejects.toThrow(WaitTimedOut)
  })

  it('is done when the range was read past the position, though the view never moved', async () => {
    await using storage = withViews(openMemory({ ranges: 4 }))
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, position)
    await storeView(storage, 'k', 7)
    await storeLease(storage, range, at.lsn - 1)
    await expect(storage.views.waitFor(notes, 'k', position, soon)).rejects.toThrow(WaitTimedOut)
    await storeLease(storage, range, at.lsn)
    expect(await storage.views.waitFor(notes, 'k', position)).toEqual({ n: 7 })
    expect(await storage.views.waitFor(notes, 'never-there', position)).toBeNull()
  })

  it('wakes up when the view or the lease is saved by another process', async () => {
    const port = openMemory({ ranges: 4 })
    await using storage = withViews(port)
    await using other = port.reopen()
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, position)
    const waiting = storage.views.waitFor(notes, 'k', position)
    await storeView(other, 'k', 1)
    await storeView(other, 'k', 2, { tidemarks: [{ ...range, ...at }] })
    expect(await waiting).toEqual({ n: 2 })
  })

  it('reads the view after the lease that says it passed', async () => {
    const port = openMemory()
    const position = await note(port, 's:1')
    const { at, range } = await placeOf(port, position)
    await storeView(port, 'k', 1)
    // The view and the lease are saved between the reading of the view and that of the lease.
    let views = 0
    const slow: StoragePort = {
      ...port,
      viewStore: {
        ...port.viewStore,
        async getMany(projection, version, keys) {
          const answer = await port.viewStore.getMany(projection, version, keys)
          if (keys.includes('k') && ++views === 1) {
            await storeView(port, 'k', 2, { tidemarks: [{ ...range, ...at }] })
            await storeLease(port, range, at.lsn)
          }
          return answer
        },
      },
      leases: {
        ...port.leases,
        async list(filter) {
          while (views === 0 || (await port.leases.list(filter)).length === 0) await new Promise(setImmediate)
          return port.leases.list(filter)
        },
      },
    }
    await using storage = withViews(slow)
    expect(await storage.views.waitFor(notes, 'k', position)).toEqual({ n: 2 })
    expect(views).toBe(2)
  })

  it('misses no change that comes between its reading and its waiting', async () => {
    const port = openMemory()
    const position = await note(port, 's:1')
    const { at, range } = await placeOf(port, position)
    let lists = 0
    await using storage = withViews({
      ...port,
      leases: {
        ...port.leases,
        async list(filter) {
          const answer = await port.leases.list(filter)
          if (++lists === 1) await storeLease(port, range, at.lsn)
          return answer
        },
      },
    })
    const begun = performance.now()
    expect(await storage.views.waitFor(notes, 'k', position, { timeout: 5000 })).toBeNull()
    // It looks a last time when its time is over, which would hide that it slept.
    expect(performance.now() - begun).toBeLessThan(4000)
    expect(lists).toBe(2)
  })

  it('waits for every stream of a merged position', async () => {
    await using storage = withViews(openMemory({ ranges: 4 }))
    const positions = [await note(storage, 's:1'), await note(storage, 's:2'), await note(storage, 's:3')]
    const position = mergePositions(positions)
    const places = await Promise.all(positions.map((one) => placeOf(storage, one)))
    for (const { at, range } of places.slice(0, 2)) await storeLease(storage, range, at.lsn)
    if (places[2]?.range.min !== places[1]?.range.min && places[2]?.range.min !== places[0]?.range.min) {
      await expect(storage.views.waitFor(notes, 'k', position, soon)).rejects.toThrow(WaitTimedOut)
    }
    for (const { at, range } of places) await storeLease(storage, range, at.lsn)
    expect(await storage.views.waitFor(notes, 'k', position)).toBeNull()
  })

  it('takes an erased position for passed', async () => {
    await using storage = withViews(openMemory())
    await note(storage, 's:1')
    const position = await note(storage, 's:1')
    await deleteStream(storage, 's:1')
    expect(await storage.views.waitFor(notes, 'k', position, soon)).toBeNull()
  })

  it('waits until the feed has given a pending position its place', async () => {
    const port = openMemory()
    let asked = 0
    await using storage = withViews({
      ...port,
      events: {
        ...port.events,
        async locate(position) {
          const located = await port.events.locate(position)
          return ++asked < 3
            ? located.map(({ streamId, hash }) => ({ streamId, hash, at: 'pending' as const }))
            : located
        },
      },
    })
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(port, position)
    const waiting = storage.views.waitFor(notes, 'k', position)
    await storeLease(port, range, at.lsn)
    await storeLease(port, range, at.lsn)
    await storeLease(port, range, at.lsn)
    expect(await waiting).toBeNull()
    expect(asked).toBeGreaterThanOrEqual(3)
  })

  it('says that a parked view is parked, unless it had folded the position before', async () => {
    await using storage = withViews(openMemory())
    const early = await note(storage, 's:1')
    const late = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, early)
    await storeView(storage, 'k', 1, { tidemarks: [{ ...range, ...at }], parked: { reason: 'test' } })
    await expect(storage.views.waitFor(notes, 'k', late)).rejects.toThrow(ViewParked)
    expect(await storage.views.waitFor(notes, 'k', early)).toEqual({ n: 1 })
    await storeLease(storage, range, 999)
    await expect(storage.views.waitFor(notes, 'k', late)).rejects.toThrow(ViewParked)
  })

  it('refuses what belongs to another life of the log', async () => {
    await using storage = withViews(openMemory())
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, position)
    const foreign = encodePosition({ incarnation: 'another', marks: [{ streamId: 's:1', version: 1, hash: at.hash }] })
    await expect(storage.views.waitFor(notes, 'k', foreign)).rejects.toThrow(IncarnationMismatch)
    await storeLease(storage, range, 999, { incarnation: 'another' })
    await expect(storage.views.waitFor(notes, 'k', position)).rejects.toThrow(IncarnationMismatch)
    await storeLease(storage, range, 0)
    await storeView(storage, 'k', 1, { incarnation: 'another', tidemarks: [{ ...range, ...at }] })
    await expect(storage.views.waitFor(notes, 'k', position)).rejects.toThrow(IncarnationMismatch)
  })

  it('refuses bad keys and positions', async () => {
    await using storage = withViews(openMemory())
    const position = await note(storage, 's:1')
    await expect(storage.views.waitFor(notes, 'a/b', position)).rejects.toThrow(InvalidViewKey)
    await expect(storage.views.waitFor(notes, 'k', 'nonsense')).rejects.toThrow(InvalidPosition)
  })

  it('ends with the reason of its signal', async () => {
    await using storage = withViews(openMemory())
    const position = await note(storage, 's:1')
    const reason = new Error('enough')
    const aborted = AbortSignal.abort(reason)
    await expect(storage.views.waitFor(notes, 'k', position, { signal: aborted })).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = storage.views.waitFor(notes, 'k', position, { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 10)
    await expect(waiting).rejects.toBe(reason)
  })

  it('has nothing to wait for where nothing was appended', async () => {
    await using storage = withViews(openMemory())
    await storeView(storage, 'k', 1)
    expect(await storage.views.waitFor(notes, 'k', null)).toEqual({ n: 1 })
  })

  it('looks once when it may not wait', async () => {
    await using storage = withViews(openMemory())
    const position = await note(storage, 's:1')
    await expect(storage.views.waitFor(notes, 'k', position, { timeout: 0 })).rejects.toMatchObject({
      code: 'WaitTimedOut',
      projection: 'notes',
      key: 'k',
      timeout: 0,
    })
  })

  it('waits for the version that becomes active meanwhile', async () => {
    await using storage = withViews(openMemory())
    await activate(storage, 1)
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(storage, position)
    const waiting = storage.views.waitFor(notes, 'k', position)
    await storeView(storage, 'k', 2, { version: 2, tidemarks: [{ ...range, ...at }] })
    await activate(storage, 2)
    expect(await waiting).toEqual({ n: 2 })
  })

  it('costs a thousand who wait for one change one read each of views and leases, or nearly', async () => {
    const port = openMemory()
    let lists = 0
    await using storage = withViews({
      ...port,
      leases: {
        ...port.leases,
        list(filter) {
          lists++
          return port.leases.list(filter)
        },
      },
    })
    const position = await note(storage, 's:1')
    const { at, range } = await placeOf(port, position)
    const waiting = Array.from({ length: 1000 }, (_, i) => storage.views.waitFor(notes, `k${i}`, position))
    await new Promise((resolve) => setTimeout(resolve, 20))
    await storeLease(port, range, at.lsn)
    await Promise.all(waiting)
    expect(lists).toBeLessThan(20)
  })
})
