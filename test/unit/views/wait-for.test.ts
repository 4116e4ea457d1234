import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { IncarnationMismatch } from '../../../src/core/errors/feed.ts'
import { InvalidPosition, InvalidViewKey } from '../../../src/core/errors/input.ts'
import { StorageBusy } from '../../../src/core/errors/storage.ts'
import { ViewParked, WaitTimedOut } from '../../../src/core/errors/view.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { encodePosition, mergePositions } from '../../../src/core/positions/position-token.ts'
import { unhandledDuring } from '../../../src/testing/conformance/support/unhandled.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { until } from '../../support/projecting/until.ts'
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

  it.each([Number.NaN, -1, Number.NEGATIVE_INFINITY, null, '5000'])('refuses the timeout %s', async (timeout) => {
    await using storage = withViews(openMemory())
    const position = await note(storage, 's:1')
    const options = { timeout: timeout as number }
    await expect(storage.views.waitFor(notes, 'k', position, options)).rejects.toMatchObject({
      code: 'InvalidOption',
      option: 'timeout',
    })
  })

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 30 * 24 * 3_600_000, Number.MAX_SAFE_INTEGER])(
    'waits as long as it is told to, also for %d milliseconds',
    async (timeout) => {
      await using storage = withViews(openMemory())
      const position = await note(storage, 's:1')
      const { at, range } = await placeOf(storage, position)
      const waiting = storage.views.waitFor(notes, 'k', position, { timeout })
      let ended = false
      waiting.finally(() => {
        ended = true
      })
      await new Promise((resolve) => setTimeout(resolve, 30))
      expect(ended).toBe(false)
      await storeLease(storage, range, at.lsn)
      expect(await waiting).toBeNull()
    },
  )

  it.each(['locate', 'getMany', 'list'] as const)('gives up in time, whatever %s takes', async (slow) => {
    const port = openMemory()
    const clock = manualClock()
    const position = await note(port, 's:1')
    const never = () => new Promise<never>(() => {})
    const storage = withViews(
      {
        ...port,
        events: { ...port.events, ...(slow === 'locate' && { locate: never }) },
        viewStore: { ...port.viewStore, ...(slow === 'getMany' && { getMany: never }) },
        leases: { ...port.leases, ...(slow === 'list' && { list: never }) },
      },
      { clock },
    )
    const waiting = storage.views.waitFor(notes, 'k', position, { timeout: 500 })
    const outcome = waiting.catch((error) => error)
    await until('it waits', () => clock.sleeping > 0)
    clock.advance(500)
    await until('it is late', () => clock.sleeping > 0)
    clock.advance(1_000)
    expect(await outcome).toMatchObject({ code: 'WaitTimedOut', timeout: 500 })
    const controller = new AbortController()
    const reason = new Error('enough')
    const stopped = storage.views.waitFor(notes, 'k', position, { timeout: 500, signal: controller.signal })
    setTimeout(() => controller.abort(reason), 10)
    await expect(stopped).rejects.toBe(reason)
    await port.close()
  })

  it('looks a last time when the time is over', async () => {
    const port = openMemory()
    const clock = manualClock()
    const position = await note(port, 's:1')
    const { at, range } = await placeOf(port, position)
    // A storage that tells of no change.
    const changed = (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve())
      })
    const storage = withViews({ ...port, viewStore: { ...port.viewStore, changed } }, { clock })
    const waiting = storage.views.waitFor(notes, 'k', position, { timeout: 500 })
    await until('it waits', () => clock.sleeping > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    await storeLease(port, range, at.lsn)
    clock.advance(500)
    expect(await waiting).toBeNull()
  })

  it('asks once where a position lies, however many wait for it and however often they look', async () => {
    const port = openMemory()
    let asked = 0
    const locate: typeof port.events.locate = async (token) => {
      asked++
      return port.events.locate(token)
    }
    await using storage = withViews({ ...port, events: { ...port.events, locate } })
    const positions = [await note(storage, 's:1'), await note(storage, 's:2')]
    const position = mergePositions(positions)
    const { range } = await placeOf(port, position)
    const waiting = Array.from({ length: 60 }, (_, i) => storage.views.waitFor(notes, `k${i}`, position))
    const foreign = storage.views.waitFor(notes, 'k', 'nonsense')
    await expect(foreign).rejects.toThrow(InvalidPosition)
    for (const lsn of [0, 0, 0, 999]) {
      await storeLease(port, range, lsn)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => null))
    expect(asked).toBe(2)
  })

  it('that ends because the word of changes fails leaves no rejection behind', async () => {
    const port = openMemory()
    const position = await note(port, 's:1')
    const changed = async () => {
      throw new StorageBusy('held by somebody else')
    }
    const getMany: typeof port.viewStore.getMany = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return port.viewStore.getMany(...args)
    }
    const storage = withViews({ ...port, viewStore: { ...port.viewStore, changed, getMany } })
    const unhandled = await unhandledDuring(async () => {
      await expect(storage.views.waitFor(notes, 'k', position)).rejects.toThrow(StorageBusy)
    })
    expect(unhandled).toEqual([])
    await port.close()
  })
})
