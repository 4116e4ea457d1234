import { z } from 'zod'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { Json } from '../../../src/core/json.ts'
import type { FeedEvent } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { itemsByKey } from '../../../src/projections/items.ts'
import type { Projection } from '../../../src/projections/projection.ts'

export const events = defineEvents({
  Added: z.object({ amount: z.number() }),
  Cleared: z.object({}),
})

type Seen = { readonly [event: string]: number }
const see = (seen: Seen, { streamId, version }: { readonly streamId: string; readonly version: number }): Seen => ({
  ...seen,
  [`${streamId}@${version}`]: (seen[`${streamId}@${version}`] ?? 0) + 1,
})

/** One view a stream, which notes every event in its order; `Cleared` takes it away. */
export const perStream = defineProjection('per-stream', {
  events,
  key: ({ streamId }) => streamId,
  initial: (key: string) => ({ key, order: [] as readonly number[], total: 0 }),
  on: {
    Added: (view, { version, data }) => ({
      ...view,
      order: [...view.order, version],
      total: view.total + data.amount,
    }),
    Cleared: () => null,
  },
  deleted: { key: (streamId) => streamId, fold: () => null },
})

/** Two views over all streams and ranges, which count how often each event was folded. */
export const overall = defineProjection('overall', {
  events,
  key: ({ type }) => (type === 'Added' ? ['all', 'added'] : 'all'),
  initial: () => ({ total: 0, seen: {} as Seen }),
  on: {
    Added: (view, event) => ({ total: view.total + event.data.amount, seen: see(view.seen, event) }),
    Cleared: (view, event) => ({ ...view, seen: see(view.seen, event) }),
  },
})

/** Appends one to many `Added`, or one `Cleared` for no amounts. */
export async function append(port: StoragePort, streamId: string, amounts: readonly number[]): Promise<string> {
  const news =
    amounts.length === 0
      ? [{ type: 'Cleared' as const, data: {} }]
      : amounts.map((amount) => ({ type: 'Added' as const, data: { amount } }))
  const { position } = await eventStore(port, events).append(streamId, news, { expectedVersion: 'any' })
  return position
}

/** Every event of the feed, range after range. */
export async function wholeFeed(port: StoragePort): Promise<FeedEvent[]> {
  const all: FeedEvent[] = []
  for (const range of await port.feed.ranges()) {
    for (let from: string = 'start'; ; ) {
      const page = await port.feed.read(range, from, { limit: 500 })
      all.push(...page.events)
      from = page.continuation
      if (page.caughtUp) break
    }
  }
  return all
}

/** The views as a plain fold of the log gives them: no tidemark, no page, no storage. */
export async function plainFold(port: StoragePort, projection: Projection): Promise<Map<string, Json>> {
  const views = new Map<string, Json>()
  for (const [key, items] of await itemsByKey(projection, await wholeFeed(port))) {
    let view: unknown = null
    for (const { event } of items) view = projection.fold(key, view as never, event)
    if (view !== null) views.set(key, sorted(view as Json))
  }
  return views
}

/** The views as they are stored, without those that are gone. */
export async function storedViews(port: StoragePort, projection: Projection): Promise<Map<string, Json>> {
  const documents = await viewDocuments(port, projection)
  return new Map(documents.map(({ key, data }) => [key, sorted(data as Json)]))
}

export async function viewDocuments(port: StoragePort, { name, version }: Projection): Promise<ViewDocument[]> {
  const documents: ViewDocument[] = []
  for (let after: string | undefined; ; ) {
    const page = await port.viewStore.query({ projection: name, version, limit: 1000, ...(after && { after }) })
    documents.push(...page.views.map(({ document }) => document))
    after = page.next
    if (after === undefined) return documents
  }
}

// Ranges are folded in any order, so the members of a view over several come in any order.
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner as Json)]),
  )
}

/** The machine's clock with all pauses shortened, for tests of what is tried again. */
export const hurriedClock: Clock = {
  now: systemClock.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 100, signal),
}

/** Waits until something holds. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeout = 10_000): Promise<void> {
  const end = Date.now() + timeout
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Not within ${timeout} ms: ${what}`)
    await systemClock.sleep(5)
  }
}

/** Waits until no event is left for these projections on any range. */
export async function untilCaughtUp(port: StoragePort, projections: readonly Projection[]): Promise<void> {
  await until('every range is read to its end', async () => {
    for (const range of await port.feed.ranges()) {
      for (const { name, version } of projections) {
        const found = (await port.leases.list({ projection: name, version })).find(
          ({ document }) => document.range.min === range.min && document.range.max === range.max,
        )
        const { events: behind } = await port.feed.lag(range, found?.document.continuation ?? 'start')
        if (behind > 0 || !found) return false
      }
    }
    return true
  })
}

/** The name of a call of the port, such as `viewStore.save`. */
export type PortCall = `${'feed' | 'viewStore' | 'leases'}.${string}`

/** A port whose calls go through `around`, which may fail before, after or instead. */
export function interposed(
  port: StoragePort,
  around: <T>(call: PortCall, next: () => Promise<T>) => Promise<T>,
): StoragePort {
  const wrap = <T extends object>(part: 'feed' | 'viewStore' | 'leases', target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name)
        if (typeof member !== 'function' || name === 'changed') return member
        return (...parameters: unknown[]) => around(`${part}.${String(name)}`, () => member.apply(object, parameters))
      },
    })
  return {
    ...port,
    feed: wrap('feed', port.feed),
    viewStore: wrap('viewStore', port.viewStore),
    leases: wrap('leases', port.leases),
  }
}
