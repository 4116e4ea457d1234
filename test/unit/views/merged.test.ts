import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FeedRangeGone } from '../../../src/core/errors/feed.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { Continuation, FeedRange } from '../../../src/core/port/change-feed.ts'
import { leaseId } from '../../../src/core/port/lease-store.ts'
import { partKey, slicesOf, type ViewSlices } from '../../../src/core/positions/view-slices.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { itemsByKey } from '../../../src/projections/events-by-key.ts'
import { foldView } from '../../../src/projections/fold.ts'
import { type MemoryStorage, openMemory } from '../../../src/testing/memory/index.ts'
import { saveVersionRecord } from '../../../src/views/version-record.ts'
import { withViews } from '../../../src/views/with-views.ts'

const events = defineEvents({ Read: z.object({ kwh: z.number() }), Removed: z.object({}) })

type Total = { readonly key: string; readonly kwh: number; readonly meters: { readonly [meter: string]: number } }

const plain = {
  events,
  key: () => ['all', 'copy'],
  initial: (key: string): Total => ({ key, kwh: 0, meters: {} }),
  on: {
    Read: (view: Total, { streamId, data }: { streamId: string; data: { kwh: number } }): Total => ({
      ...view,
      kwh: view.kwh + data.kwh,
      meters: { ...view.meters, [streamId]: (view.meters[streamId] ?? 0) + 1 },
    }),
    Removed: () => null,
  },
}
const totals = defineProjection('totals', {
  ...plain,
  merge: (a, b) => ({ key: a.key, kwh: a.kwh + b.kwh, meters: { ...a.meters, ...b.meters } }),
})

/** Records the version with slices, as a worker does that begins with it. */
async function recorded(storage: MemoryStorage, version = 1, active = version): Promise<ViewSlices | undefined> {
  const slices = slicesOf(await storage.feed.ranges())
  const entry = { since: '2026-01-01T00:00:00.000Z', texts: [], ...(slices && { slices }) }
  await saveVersionRecord(storage, 'totals', { active, versions: { [version]: entry } }, 'ifAbsent')
  return slices
}

const append = async (storage: MemoryStorage, streamId: string, kwh: number) =>
  (await eventStore(storage, events).append(streamId, [{ type: 'Read', data: { kwh } }], { expectedVersion: 'any' }))
    .position

/** Folds a page of a range into the parts that it concerns, as a worker does that may be late or repeat itself. */
async function work(
  storage: MemoryStorage,
  slices: ViewSlices | undefined,
  range: FeedRange,
  from: Continuation | 'start',
  limit = 1_000,
) {
  const page = await storage.feed.read(range, from, { limit })
  const target = { incarnation: storage.incarnation, bytesPerView: 1_000_000 }
  for (const [key, items] of await itemsByKey(totals, page.events, { slices })) {
    for (;;) {
      const stored = await storage.viewStore.get({ projection: 'totals', version: 1, key })
      const { document } = foldView(totals, key, stored?.document, items, target)
      if (document === undefined) break
      if ((await storage.viewStore.save(document, stored ? { ifMatch: stored.etag } : 'ifAbsent')).saved) break
    }
  }
  return page
}

async function workAll(storage: MemoryStorage, slices: ViewSlices | undefined): Promise<void> {
  for (const range of await storage.feed.ranges()) await work(storage, slices, range, 'start')
}

async function passed(storage: MemoryStorage, range: FeedRange, readTo: number): Promise<void> {
  const id = leaseId('totals', 1, range)
  const found = await storage.leases.get(id)
  const lease = { id, projection: 'totals', version: 1, range, owner: 'w', expiresAt: 0, continuation: null, readTo }
  const document = { ...lease, incarnation: storage.incarnation }
  await storage.leases.save(document, found ? { ifMatch: found.etag } : 'ifAbsent')
}

const expected = (appended: readonly (readonly [string, number])[], key = 'all'): Total | null => {
  if (appended.length === 0) return null
  const meters: Record<string, number> = {}
  let kwh = 0
  for (const [streamId, amount] of appended) {
    kwh += amount
    meters[streamId] = (meters[streamId] ?? 0) + 1
  }
  return { key, kwh, meters }
}

describe('a view in parts', () => {
  it('counts each event once, whoever folds it, however often, and however the ranges are cut meanwhile', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('append' as const), stream: fc.nat({ max: 9 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('work' as const),
          worker: fc.nat({ max: 2 }),
          range: fc.nat(),
          limit: fc.integer({ min: 1, max: 4 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), stream: fc.nat({ max: 9 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('steal' as const), worker: fc.nat({ max: 2 }) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 2, 4), fc.array(step, { maxLength: 60 }), async (ranges, steps) => {
        const storage = openMemory({ ranges })
        const { views } = withViews(storage)
        const slices = await recorded(storage)
        const appended: [string, number][] = []
        // Each worker goes by the ranges and the places that it knew, until it is told that a range is gone.
        const workers = await Promise.all(
          [0, 1, 2].map(async () => ({ ranges: await storage.feed.ranges(), places: new Map<string, Continuation>() })),
        )
        for (const one of steps) {
          if (one.kind === 'append') {
            const entry: [string, number] = [`m:${one.stream}`, appended.length + 1]
            appended.push(entry)
            await append(storage, ...entry)
          } else if (one.kind === 'cut') {
            const { events: found } = await storage.feed.read((await storage.feed.ranges())[0] as FeedRange, 'start')
            const hash = found[one.stream % Math.max(found.length, 1)]?.position.hash
            if (hash !== undefined) storage.split(hash)
          } else if (one.kind === 'steal') {
            workers[one.worker] = { ranges: await storage.feed.ranges(), places: new Map() }
          } else {
            const worker = workers[one.worker] as (typeof workers)[number]
            const range = worker.ranges[one.range % worker.ranges.length] as FeedRange
            const id = `${range.min}-${range.max}`
            try {
              const { continuation } = await work(storage, slices, range, worker.places.get(id) ?? 'start', one.limit)
              worker.places.set(id, continuation)
            } catch (error) {
              if (!(error instanceof FeedRangeGone)) throw error
              worker.ranges = await storage.feed.ranges()
            }
          }
        }
        await workAll(storage, slices)
        for (const key of ['all', 'copy']) expect(await views.get(totals, key)).toEqual(expected(appended, key))
        const stored = [...storage.state.views.keys()].filter((id) => id.startsWith('totals:'))
        expect(stored.length).toBeLessThanOrEqual(2 * (slices?.length ?? 1))
        for (const range of await storage.feed.ranges()) await passed(storage, range, 1_000)
        const last = appended.at(-1)
        if (last) {
          const position = await append(storage, last[0], 0)
          await workAll(storage, slices)
          const seen = await views.waitFor(totals, 'all', position)
          expect(seen).toEqual(expected([...appended, [last[0], 0]]))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('has a document for each slice, and ranges of different slices never write the same one', async () => {
    const storage = openMemory({ ranges: 4 })
    const slices = await recorded(storage)
    for (let i = 0; i < 40; i++) await append(storage, `m:${i}`, 1)
    const writers = new Map<string, Set<string>>()
    for (const range of await storage.feed.ranges()) {
      const { events: page } = await storage.feed.read(range, 'start')
      for (const key of (await itemsByKey(totals, page, { slices })).keys()) {
        writers.set(key, (writers.get(key) ?? new Set()).add(range.min))
      }
    }
    expect([...writers.keys()].sort()).toEqual(
      ['all', 'copy'].flatMap((key) => [0, 1, 2, 3].map((slice) => `${key}~${slice}`)),
    )
    for (const ranges of writers.values()) expect(ranges.size).toBe(1)
  })

  it('is an ordinary view where the version was recorded without slices', async () => {
    for (const ranges of [1, 4]) {
      const storage = openMemory({ ranges })
      if (ranges === 1) expect(await recorded(storage)).toBeUndefined()
      await append(storage, 'm:1', 2)
      await workAll(storage, undefined)
      expect(await withViews(storage).views.get(totals, 'all')).toEqual(expected([['m:1', 2]]))
      expect([...storage.state.views.keys()]).toContain('totals:1:all')
    }
  })

  it('is gone when no part is left, and else what the others are', async () => {
    const storage = openMemory({ ranges: 4 })
    const { views } = withViews(storage)
    const slices = await recorded(storage)
    for (let i = 0; i < 12; i++) await append(storage, `m:${i}`, 1)
    await workAll(storage, slices)
    const hashes = new Map<string, string>()
    for (const range of await storage.feed.ranges()) {
      for (const { event, position } of (await storage.feed.read(range, 'start')).events) {
        hashes.set(event.stream.id, position.hash)
      }
    }
    const partOf = (streamId: string) => partKey('all', slices as ViewSlices, hashes.get(streamId) as string)
    const gone = partOf('m:0')
    await eventStore(storage, events).append('m:0', [{ type: 'Removed', data: {} }], { expectedVersion: 1 })
    await workAll(storage, slices)
    const left = [...hashes.keys()].filter((streamId) => partOf(streamId) !== gone)
    expect(Object.keys((await views.get(totals, 'all'))?.meters ?? {}).sort()).toEqual(left.sort())
    for (const streamId of left) {
      await eventStore(storage, events).append(streamId, [{ type: 'Removed', data: {} }], { expectedVersion: 1 })
    }
    await workAll(storage, slices)
    expect(await views.get(totals, 'all')).toBeNull()
    expect(await views.get(totals, 'never')).toBeNull()
  })

  it('is waited for by the part of the position, and read whole', async () => {
    const storage = openMemory({ ranges: 4 })
    const { views } = withViews(storage)
    const slices = await recorded(storage)
    const positions = await Promise.all(Array.from({ length: 12 }, (_, i) => append(storage, `m:${i}`, 1)))
    const position = positions[3] as string
    const [located] = await storage.events.locate(position)
    const mine = (await storage.feed.ranges()).find(
      ({ min, max }) => located && located.hash >= min && located.hash < max,
    )
    for (const range of await storage.feed.ranges()) if (range !== mine) await work(storage, slices, range, 'start')
    await expect(views.waitFor(totals, 'all', position, { timeout: 30 })).rejects.toMatchObject({
      code: 'WaitTimedOut',
    })
    const waiting = views.waitFor(totals, 'all', position)
    await work(storage, slices, mine as FeedRange, 'start')
    expect(await waiting).toEqual(expected(Array.from({ length: 12 }, (_, i) => [`m:${i}`, 1])))
    // Passed, for a view that the position does not concern.
    await passed(storage, mine as FeedRange, 1_000)
    expect(await views.waitFor(totals, 'other', position)).toBeNull()
  })

  it('that is parked is told to those who wait for what it lacks, and to nobody else', async () => {
    const storage = openMemory({ ranges: 4 })
    const { views } = withViews(storage)
    const slices = await recorded(storage)
    const positions = await Promise.all(Array.from({ length: 12 }, (_, i) => append(storage, `m:${i}`, 1)))
    await workAll(storage, slices)
    const late = await append(storage, 'm:0', 1)
    const [located] = await storage.events.locate(late)
    const key = partKey('all', slices as ViewSlices, located?.hash ?? '')
    const stored = await storage.viewStore.get({ projection: 'totals', version: 1, key })
    if (stored === undefined) throw new Error('There is no such part')
    await storage.viewStore.save({ ...stored.document, parked: { reason: 'test' } }, { ifMatch: stored.etag })
    await expect(views.waitFor(totals, 'all', late)).rejects.toMatchObject({ code: 'ViewParked' })
    for (const position of positions) expect((await views.waitFor(totals, 'all', position))?.kwh).toBe(12)
    expect((await views.get(totals, 'all'))?.kwh).toBe(12)
  })

  it('of another incarnation is refused', async () => {
    const storage = openMemory({ ranges: 4 })
    const slices = await recorded(storage)
    await append(storage, 'm:1', 1)
    await workAll(storage, slices)
    const { views } = withViews({ ...storage, incarnation: 'another' })
    await expect(views.get(totals, 'all')).rejects.toMatchObject({ code: 'IncarnationMismatch' })
  })

  it('is not queried, and not read without merge', async () => {
    for (const ranges of [1, 4]) {
      const storage = openMemory({ ranges })
      const { views } = withViews(storage)
      const slices = await recorded(storage)
      await append(storage, 'm:1', 1)
      await workAll(storage, slices)
      await expect(views.query(totals)).rejects.toMatchObject({ code: 'InvalidQuery' })
      await expect(views.count(totals)).rejects.toMatchObject({ code: 'InvalidQuery' })
      const { name, version, initial } = totals
      const reader = { name, version, initial }
      if (slices === undefined) continue
      await expect(views.query(reader)).rejects.toMatchObject({ code: 'InvalidQuery' })
      await expect(views.count(reader)).rejects.toMatchObject({ code: 'InvalidQuery' })
      await expect(views.get(reader, 'all')).rejects.toMatchObject({ code: 'InvalidQuery' })
      const position = await append(storage, 'm:1', 1)
      await workAll(storage, slices)
      await expect(views.waitFor(reader, 'all', position)).rejects.toMatchObject({ code: 'InvalidQuery' })
    }
  })

  it('has no key that could be a part’s', async () => {
    const { views } = withViews(openMemory({ ranges: 4 }))
    for (const key of ['all~3', 'x'.repeat(198), 'a/b', '']) {
      await expect(views.get(totals, key)).rejects.toMatchObject({ code: 'InvalidViewKey' })
      await expect(views.waitFor(totals, key, 'x')).rejects.toMatchObject({ code: 'InvalidViewKey' })
    }
  })

  it('is found by the slices of now when its version was built again by others', async () => {
    const storage = openMemory({ ranges: 2 })
    const { views } = withViews(storage)
    const slices = await recorded(storage)
    for (let i = 0; i < 8; i++) await append(storage, `m:${i}`, 1)
    await workAll(storage, slices)
    expect((await views.get(totals, 'all'))?.kwh).toBe(8)
    await storage.viewStore.drop('totals', 1)
    storage.state.views.delete('$versions:1:totals')
    storage.split('0800')
    storage.split('2800')
    const now = await recorded(storage)
    expect(now).toHaveLength(4)
    await workAll(storage, now)
    expect((await views.get(totals, 'all'))?.kwh).toBe(8)
  })

  it('shows a merge that is asynchronous, and gives it nothing that it could spoil', async () => {
    const storage = openMemory({ ranges: 4 })
    const { views } = withViews(storage)
    const slices = await recorded(storage)
    for (let i = 0; i < 12; i++) await append(storage, `m:${i}`, 1)
    await workAll(storage, slices)
    const slow = { ...totals, merge: (async () => Promise.reject(new Error('later'))) as never }
    await expect(views.get(slow, 'all')).rejects.toMatchObject({ code: 'InvalidDefinition' })
    const spoiling = {
      ...totals,
      merge: (a: Total, b: Total): Total => ({ ...a, meters: Object.assign(a.meters, b.meters) }),
    }
    await expect(views.get(spoiling, 'all')).rejects.toBeInstanceOf(TypeError)
  })
})
