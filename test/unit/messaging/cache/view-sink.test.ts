import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { cachedViews } from '../../../../src/messaging/cache/cached-views.ts'
import type { StateCache, ViewState } from '../../../../src/messaging/cache/state-cache.ts'
import { compareVectors } from '../../../../src/messaging/cache/version-vector.ts'
import { viewSink } from '../../../../src/messaging/cache/view-sink.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import type { Projection } from '../../../../src/projections/projection.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { type MemoryStates, memoryStates } from '../../../support/messaging/memory-states.ts'
import { cards, openMembers, search } from '../../../support/privacy/members.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { storedViews } from '../../../support/projecting/views.ts'
import { append, events, holding, hurriedClock, overall, perStream } from '../../processor/support.ts'

const fast = { pollInterval: 20, renewInterval: 50, leaseDuration: 1_000, clock: hurriedClock }

const sinkOf = (storage: StoragePort, cache: StateCache, projection: Projection, from: 'now' | 'start' = 'start') =>
  viewSink(`${projection.name}-sink`, { projection, storage, cache, from, clock: hurriedClock })

/** The last states that are cached, as `storedViews` returns those that are stored. */
const cachedStates = (cache: MemoryStates, projection: Projection) =>
  new Map(
    [...cache.entries.values()]
      .filter((state) => state.projection === projection.name && state.data !== null)
      .map(({ key, data }) => [key, data] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** Checks that each view was published in order, and its last state last. */
function assertPublishedInOrder({ published, entries }: MemoryStates) {
  for (const states of Map.groupBy(published, ({ key }) => key).values()) {
    for (const [i, state] of states.entries()) {
      const before = states[i - 1]
      if (before) expect(compareVectors(state.vector, before.vector)).toBe('after')
    }
    const last = states.at(-1) as ViewState
    expect([...entries.values()]).toContain(last)
  }
}

describe.each(storages)('a sink of views, $name', ({ open }) => {
  it('caches and publishes the last state of each view, with several workers', async () => {
    await using port = await open()
    const cache = memoryStates()
    const run = () =>
      startProcessor(port, [perStream, overall, sinkOf(port, cache, perStream), sinkOf(port, cache, overall)], fast)
    const workers = [await run(), await run()]
    for (let i = 0; i < 60; i++) await append(port, `s:${i % 7}`, i % 13 === 12 ? [] : [i, 1])
    const all = [perStream, overall, sinkOf(port, cache, perStream), sinkOf(port, cache, overall)]
    await untilCaughtUp(port, all)
    await Promise.all(workers.map((worker) => worker.stop()))
    for (const projection of [perStream, overall]) {
      const stored = await storedViews(port, projection)
      expect(sortedJson(cachedStates(cache, projection))).toEqual(sortedJson(stored))
    }
    assertPublishedInOrder(cache)
  })
})

const sortedJson = (views: ReadonlyMap<string, unknown>) =>
  [...views].map(([key, data]) => [key, JSON.stringify(data, sortKeys)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1))

const sortKeys = (_: string, value: unknown) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

describe('a sink of views', () => {
  it('waits until the projection has folded the event', async () => {
    await using port = openMemory()
    const cache = memoryStates()
    const {
      port: held,
      reached,
      release,
    } = holding(
      port,
      'before',
      (call, [document]) =>
        call === 'viewStore.save' && (document as { projection: string }).projection === 'per-stream',
    )
    await using projecting = await startProcessor(held, [perStream], fast)
    await using sinking = await startProcessor(port, [sinkOf(port, cache, perStream)], fast)
    await append(port, 's:1', [1])
    await reached
    await until('the sink waits', async () => (await sinking.status()).ranges.some(({ state }) => state !== 'unowned'))
    expect(cache.counts.writes).toBe(0)
    release()
    await until('it is cached', () => cache.published.length > 0)
    expect(cache.published.map(({ data }) => data)).toEqual([{ key: 's:1', order: [1], total: 1 }])
    expect(projecting).toBeDefined()
  })

  it.each(['the cache is away', 'no worker runs the projection'])('waits while %s, and parks nothing', async (what) => {
    await using port = openMemory({ ranges: 2 })
    const cache = memoryStates()
    const sink = sinkOf(port, cache, perStream)
    const attempts: unknown[] = []
    const onError = (_: unknown, { attempt }: { readonly attempt?: number }) => void attempts.push(attempt ?? 1)
    await using sinking = await startProcessor(port, [sink], { ...fast, onError })
    cache.isAway = what === 'the cache is away'
    await using projecting = cache.isAway ? await startProcessor(port, [perStream], fast) : undefined
    for (let i = 0; i < 10; i++) await append(port, `s:${i}`, [i])
    await hurriedClock.sleep(60_000)
    expect(cache.entries.size).toBe(0)
    cache.isAway = false
    await using later = projecting ? undefined : await startProcessor(port, [perStream], fast)
    await untilCaughtUp(port, [sink])
    expect(cache.entries.size).toBe(10)
    expect(new Set(attempts)).toEqual(new Set([1]))
    expect((await parkedSequences(port, sink).list()).items).toEqual([])
    expect([sinking, projecting ?? later]).toBeDefined()
  })

  it('has readers read a parked view from the storage, and its state after the replay', async () => {
    await using port = openMemory()
    const cache = memoryStates()
    let fails = true
    const projection = defineProjection('failing', {
      events,
      key: ({ streamId }) => streamId,
      initial: () => ({ total: 0 }),
      on: {
        Added: ({ total }, { data }) => {
          if (fails && data.amount === 13) throw new Error('no such amount')
          return { total: total + data.amount }
        },
      },
    })
    const sink = sinkOf(port, cache, projection)
    await using processor = await startProcessor(port, [projection, sink], fast)
    await append(port, 's:1', [1])
    await until('it is cached', () => cachedStates(cache, projection).size === 1)
    await append(port, 's:1', [13])
    await append(port, 's:1', [5])
    await untilCaughtUp(port, [projection, sink])
    const views = cachedViews(port, cache)
    expect(await views.get(projection, 's:1')).toEqual({ total: 1 })
    fails = false
    await parkedSequences(port, projection).replay('s:1')
    expect(await views.get(projection, 's:1')).toEqual({ total: 19 })
    await append(port, 's:1', [1])
    await until('the next state is cached', () => cachedStates(cache, projection).get('s:1')?.total === 20)
    expect(await views.get(projection, 's:1')).toEqual({ total: 20 })
    expect(processor).toBeDefined()
  })

  it('caches that a view is deleted with its stream', async () => {
    await using port = openMemory()
    const cache = memoryStates()
    const sink = sinkOf(port, cache, perStream)
    await using processor = await startProcessor(port, [perStream, sink], fast)
    await append(port, 's:1', [1])
    await until('it is cached', () => cachedStates(cache, perStream).size === 1)
    await deleteStream(port, 's:1')
    await until('it is cached as deleted', () => cache.published.at(-1)?.data === null)
    expect(await cachedViews(port, cache).get(perStream, 's:1')).toBeNull()
    expect(processor).toBeDefined()
  })

  it('merges views in parts, and reads again what another worker has written meanwhile', async () => {
    await using port = openMemory({ ranges: 4 })
    const cache = memoryStates()
    const total = defineProjection('total', {
      events,
      key: () => 'all',
      initial: () => ({ total: 0 }),
      on: { Added: (view, { data }) => ({ total: view.total + data.amount }) },
      merge: (a, b) => ({ total: a.total + b.total }),
    })
    const sink = sinkOf(port, cache, total)
    const workers = await Promise.all([1, 2, 3].map(() => startProcessor(port, [total, sink], fast)))
    for (let i = 0; i < 40; i++) await append(port, `s:${i}`, [1])
    await untilCaughtUp(port, [total, sink])
    await Promise.all(workers.map((worker) => worker.stop()))
    expect(cachedStates(cache, total).get('all')).toEqual({ total: 40 })
    assertPublishedInOrder(cache)
  })

  it('reads a view again as long as another state contains something that it lacks', async () => {
    await using port = openMemory()
    const inner = memoryStates()
    let refusals = 3
    const cache: StateCache = {
      ...inner,
      write: async (states, options) =>
        refusals-- > 0 ? states.map(() => 'concurrent' as const) : inner.write(states, options),
    }
    await using processor = await startProcessor(port, [perStream, sinkOf(port, cache, perStream)], fast)
    await append(port, 's:1', [1])
    await until('it is cached', () => inner.entries.size === 1)
    expect(processor).toBeDefined()
  })

  it('parks only the stream whose state is refused', async () => {
    await using port = openMemory()
    const inner = memoryStates()
    const cache: StateCache = {
      ...inner,
      async write(states, options) {
        const outcomes = await inner.write(states, options)
        return outcomes.map((outcome, i) => (states[i]?.key === 's:2' ? new Error('holds other data') : outcome))
      },
    }
    const sink = sinkOf(port, cache, perStream)
    await using processor = await startProcessor(port, [perStream, sink], fast)
    for (const id of ['s:1', 's:2', 's:3']) await append(port, id, [1])
    await untilCaughtUp(port, [perStream, sink])
    const parked = (await parkedSequences(port, sink).list()).items
    expect(parked.map(({ key }) => key)).toEqual(['s:2'])
    expect([...inner.entries.values()].map(({ key }) => key).sort()).toEqual(['s:1', 's:2', 's:3'])
    expect(processor).toBeDefined()
  })
})

describe('a sink of views about people', () => {
  it('holds sealed members sealed, which readers open until their person is forgotten', async () => {
    const world = await openMembers()
    const cache = memoryStates()
    const sink = sinkOf(world.storage, cache, cards)
    await using processor = await startProcessor(world.storage, [cards, sink], fast)
    await world.join('m-1')
    await until('it is cached', () => cache.published.length > 0)
    expect(JSON.stringify([...cache.entries, cache.published])).not.toMatch(/needle/i)
    const views = cachedViews(world.storage, cache, { clock: world.clock })
    expect(await views.get(cards, 'm-1')).toMatchObject({ name: 'Needle m-1', plan: 'basic' })
    await world.forget('m-1')
    expect(await views.get(cards, 'm-1')).toMatchObject({ name: '(forgotten)', plan: 'basic' })
    expect(processor).toBeDefined()
  })

  it('replaces a state in clear once the view is swept', async () => {
    const world = await openMembers()
    const cache = memoryStates()
    const sink = sinkOf(world.storage, cache, search)
    await using processor = await startProcessor(world.storage, [search, sink], fast)
    await world.join('m-1')
    await until('it is cached', () => cache.published.length > 0)
    expect(await cachedViews(world.storage, cache).get(search, 'm-1')).toMatchObject({ name: 'Needle m-1' })
    await world.forgetFully('m-1')
    await until('it is gone', () => !JSON.stringify([...cache.entries]).includes('Needle'))
    expect(await cachedViews(world.storage, cache).get(search, 'm-1')).toBeNull()
    expect(processor).toBeDefined()
  })
})

describe('writers of states', () => {
  it('end with the newest one, whatever each of them lacks and however they interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 20 }),
        fc.scheduler(),
        async (folds, s) => {
          const cache = memoryStates()
          // A view in four parts; each writer reads them one by one, while others are folded.
          const parts = [0, 0, 0, 0]
          const vectorOf = (read: readonly number[]) => read.map((n, i) => `${i || ''}=${n}`).join(';')
          const readAndWrite = async () => {
            for (let outcome: unknown = 'concurrent'; outcome === 'concurrent'; ) {
              const read: number[] = []
              for (let i = 0; i < 4; i++)
                read.push(await s.schedule(Promise.resolve(), 'read').then(() => parts[i] ?? 0))
              const state = { ...base, vector: vectorOf(read), data: { read } }
              ;[outcome] = await s
                .schedule(Promise.resolve(), 'write')
                .then(() => cache.write([state], { publish: true }))
            }
          }
          const writers = folds.map(async (part) => {
            await s.schedule(Promise.resolve(), 'fold')
            parts[part] = (parts[part] ?? 0) + 1
            await readAndWrite()
          })
          await s.waitFor(Promise.all(writers))
          const [last] = [...cache.entries.values()]
          expect(last?.data).toEqual({ read: parts })
          assertPublishedInOrder(cache)
        },
      ),
      { numRuns: 100 },
    )
  })
})

const base = { projection: 'p', generation: 'g', key: 'k', version: 1, isParked: false } as const
