import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { IncarnationMismatch } from '../../../../src/core/errors/feed.ts'
import { InvalidViewKey } from '../../../../src/core/errors/input.ts'
import { StorageBusy, StorageClosed } from '../../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import type { WatchedView } from '../../../../src/views/watch/watched-view.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { until as untilNamed } from '../../../support/projecting/until.ts'
import { activate, notes, storeLease, storeView } from '../support.ts'

type Note = { n: number }

const until = (holds: () => boolean, timeout?: number) => untilNamed('something came', holds, timeout)

/** Saves a view and then the lease of its range, as a worker does. */
async function project(port: StoragePort, key: string, n: number): Promise<void> {
  await storeView(port, key, n)
  const [range] = await port.feed.ranges()
  if (range) await storeLease(port, range, lsn++)
}
let lsn = 1

/** Takes what an iterator gives, as it comes. */
function collect<V>(changes: AsyncIterable<WatchedView<V>>) {
  const iterator = changes[Symbol.asyncIterator]()
  const seen: (V | null)[] = []
  const over = (async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) seen.push(next.value.view)
  })()
  // A test that fails leaves it to nobody.
  over.catch(() => {})
  return { seen, over, end: () => iterator.return?.() }
}

/** Counts the calls of a storage. */
function counting(port: StoragePort) {
  const calls = { getMany: 0, keys: 0, list: 0, changed: 0 }
  const counted: StoragePort = {
    ...port,
    viewStore: {
      ...port.viewStore,
      changed(signal) {
        calls.changed++
        return port.viewStore.changed(signal)
      },
      getMany(projection, version, keys) {
        if (projection === 'notes') {
          calls.getMany++
          calls.keys += keys.length
        }
        return port.viewStore.getMany(projection, version, keys)
      },
    },
    leases: {
      ...port.leases,
      list(filter) {
        calls.list++
        return port.leases.list(filter)
      },
    },
  }
  return { calls, counted }
}

describe('watching a view', () => {
  it('gives the view as it is, and then each change, from this process or another', async () => {
    const port = openMemory()
    await using storage = withViews(port)
    await using other = port.reopen()
    await project(storage, 'k', 1)
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    await project(other, 'k', 2)
    await until(() => seen.length === 2)
    await project(storage, 'k', 3)
    await until(() => seen.length === 3)
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    await end()
  })

  it('gives null for a view that never was or is gone', async () => {
    await using storage = withViews(openMemory())
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    await project(storage, 'k', 1)
    await until(() => seen.length === 2)
    await storeView(storage, 'k', 0, { data: null })
    await project(storage, 'other', 1)
    await until(() => seen.length === 3)
    expect(seen).toEqual([null, { n: 1 }, null])
    await end()
  })

  it('gives nothing where only other views changed, or a view was saved as it was', async () => {
    await using storage = withViews(openMemory())
    await project(storage, 'k', 1)
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    await project(storage, 'k', 1)
    await project(storage, 'other', 2)
    await sleep(250)
    expect(seen).toEqual([{ n: 1 }])
    await end()
  })

  it('gives the last of several changes to who takes them slowly', async () => {
    await using storage = withViews(openMemory())
    const iterator = storage.views.watch(notes, 'k')[Symbol.asyncIterator]()
    await iterator.next()
    for (let n = 1; n <= 5; n++) await project(storage, 'k', n)
    await sleep(300)
    expect((await iterator.next()).value).toMatchObject({ view: { n: 5 } })
    await iterator.return?.()
  })

  it('names the content, the same one in every process and after a rebuild', async () => {
    const port = openMemory()
    await using storage = withViews(port)
    await using other = withViews(port.reopen())
    await project(storage, 'k', 1)
    const first = async (views: typeof storage.views) => {
      for await (const { digest } of views.watch(notes, 'k')) return digest
      return undefined
    }
    const digest = await first(storage.views)
    expect(digest).toMatch(/^[\w-]{22}$/)
    expect(await first(other.views)).toBe(digest)
    await storeView(storage, 'k', 1, { version: 2 })
    await activate(storage, 2)
    expect(await first(other.views)).toBe(digest)
  })

  it('follows a switch to another version', async () => {
    await using storage = withViews(openMemory())
    await project(storage, 'k', 1)
    await storeView(storage, 'k', 2, { version: 2 })
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    await activate(storage, 2)
    await until(() => seen.length === 2)
    await storeView(storage, 'k', 3, { version: 2 })
    const [range] = await storage.feed.ranges()
    if (range) await storeLease(storage, range, 1, { version: 2 })
    await until(() => seen.length === 3, 3_000)
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    await end()
  })

  it('finds a change without a change of leases some time later', async () => {
    const clock = manualClock()
    await using storage = withViews(openMemory({ clock }), { clock })
    await project(storage, 'k', 1)
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    // As the replay of a parked event does.
    await storeView(storage, 'k', 2)
    await until(() => {
      clock.advance(1_000)
      return seen.length === 2
    })
    expect(seen).toEqual([{ n: 1 }, { n: 2 }])
    await end()
  })

  it('reads a thousand views in one call, and while nothing happens none of them', async () => {
    const { calls, counted } = counting(openMemory())
    await using storage = withViews(counted)
    const watchers = Array.from({ length: 1_000 }, (_, i) => collect(storage.views.watch(notes, `k${i}`)))
    await until(() => watchers.every(({ seen }) => seen.length === 1))
    expect(calls).toMatchObject({ getMany: 1, keys: 1_000, list: 1 })
    // Something that concerns no worker of this projection.
    for (let n = 0; n < 20; n++) {
      await storeView(storage, 'elsewhere', n)
      await sleep(20)
    }
    expect(calls).toMatchObject({ getMany: 1, keys: 1_000 })
    expect(calls.list).toBeLessThanOrEqual(8)
    await project(storage, 'k7', 1)
    await until(() => watchers[7]?.seen.length === 2)
    expect(calls).toMatchObject({ getMany: 2, keys: 2_000 })
    for (const { end } of watchers) await end()
  })

  it('reads nothing any more once nobody watches', async () => {
    const { calls, counted } = counting(openMemory())
    await using storage = withViews(counted)
    const watchers = Array.from({ length: 3 }, () => collect(storage.views.watch(notes, 'k')))
    await until(() => watchers.every(({ seen }) => seen.length === 1))
    expect(calls.keys).toBe(1)
    for (const { end, over } of watchers) {
      await end()
      await over
    }
    const { list, changed } = calls
    await project(storage, 'k', 1)
    await sleep(250)
    expect(calls).toMatchObject({ keys: 1, list, changed })
    const again = collect(storage.views.watch(notes, 'k'))
    await until(() => again.seen.length === 1)
    expect(again.seen).toEqual([{ n: 1 }])
    await again.end()
  })

  it('ends a wait when it is told to, and throws the reason of its signal', async () => {
    await using storage = withViews(openMemory())
    const ending = new AbortController()
    const aborted = collect(storage.views.watch(notes, 'k', { signal: ending.signal }))
    const ended = collect(storage.views.watch(notes, 'k'))
    await until(() => aborted.seen.length + ended.seen.length === 2)
    ending.abort(new Error('enough'))
    await expect(aborted.over).rejects.toThrow('enough')
    await ended.end()
    await ended.over
    const never = collect(storage.views.watch(notes, 'k', { signal: ending.signal }))
    await expect(never.over).rejects.toThrow('enough')
  })

  it('ends every wait of one iterator, however many there are at once', async () => {
    await using storage = withViews(openMemory())
    await project(storage, 'k', 1)
    const iterator = storage.views.watch(notes, 'k')[Symbol.asyncIterator]()
    await iterator.next()
    const waits = [iterator.next(), iterator.next()]
    await sleep(20)
    await iterator.return?.()
    expect(await Promise.all(waits)).toEqual([{ done: true }, { done: true }])
  })

  it('throws what the first read throws, and outlasts a storage that is away later', async () => {
    const port = openMemory()
    let away = true
    const flaky: StoragePort = {
      ...port,
      viewStore: {
        ...port.viewStore,
        getMany(projection, version, keys) {
          if (away) return Promise.reject(new StorageBusy('away'))
          return port.viewStore.getMany(projection, version, keys)
        },
      },
    }
    await using storage = withViews(flaky)
    await expect(collect(storage.views.watch(notes, 'k')).over).rejects.toThrow(StorageBusy)
    away = false
    const { seen, end } = collect(storage.views.watch(notes, 'k'))
    await until(() => seen.length === 1)
    away = true
    await project(storage, 'k', 1)
    await sleep(250)
    const late = collect(storage.views.watch(notes, 'late'))
    await expect(late.over).rejects.toThrow(StorageBusy)
    expect(seen).toEqual([null])
    away = false
    await until(() => seen.length === 2)
    expect(seen).toEqual([null, { n: 1 }])
    await end()
  })

  it('ends with what cannot pass: a closed storage, or a view of another incarnation', async () => {
    const port = openMemory()
    const storage = withViews(port)
    await project(storage, 'k', 1)
    const { seen, over } = collect(storage.views.watch(notes, 'k'))
    const foreign = collect(storage.views.watch(notes, 'foreign'))
    await until(() => seen.length === 1 && foreign.seen.length === 1)
    await storeView(storage, 'foreign', 1, { incarnation: 'another' })
    const mismatch = expect(foreign.over).rejects.toThrow(IncarnationMismatch)
    await project(storage, 'k', 2)
    await mismatch
    await until(() => seen.length === 2)
    const closed = expect(over).rejects.toThrow(StorageClosed)
    await storage.close()
    await closed
  })

  it('refuses a key that no view can have before anything is read', async () => {
    await using storage = withViews(openMemory())
    expect(() => storage.views.watch(notes, 'a/b')).toThrow(InvalidViewKey)
  })

  it('gives a frozen view, because others may be given the same one', async () => {
    await using storage = withViews(openMemory())
    await project(storage, 'k', 1)
    for await (const { view } of storage.views.watch(notes, 'k')) {
      expect(() => {
        ;(view as Note).n = 2
      }).toThrow(TypeError)
      break
    }
  })
})
