import { z } from 'zod'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'

/** A worker that tells nothing about its process, as older releases do. */
export const silent = () => ({ host: null, pid: null, release: null, startedAt: null, load: null })

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

/** The machine's clock with all pauses shortened, for tests of what is tried again. */
export const hurriedClock: Clock = {
  now: systemClock.now,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / 100, signal),
}

/** The name of a call of the port, such as `viewStore.save`. */
export type PortCall = `${'feed' | 'viewStore' | 'leases'}.${string}`

/** A port whose calls go through `around`, which may fail before, after or instead. */
export function interposed(
  port: StoragePort,
  around: <T>(call: PortCall, next: () => Promise<T>, parameters: readonly unknown[]) => Promise<T>,
): StoragePort {
  const wrap = <T extends object>(part: 'feed' | 'viewStore' | 'leases', target: T): T =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name)
        if (typeof member !== 'function' || name === 'changed') return member
        return (...parameters: unknown[]) =>
          around(`${part}.${String(name)}`, () => member.apply(object, parameters), parameters)
      },
    })
  return {
    ...port,
    feed: wrap('feed', port.feed),
    viewStore: wrap('viewStore', port.viewStore),
    leases: wrap('leases', port.leases),
  }
}

/** A port one of whose calls is held up, before or after it took effect. */
export type Held = {
  readonly port: StoragePort
  /** Resolves when a call is being held. */
  readonly reached: Promise<void>
  /** Lets it go on; no further call is held. */
  release(): void
}

/** Holds the first call for which `matches` is true. */
export function holding(
  port: StoragePort,
  when: 'before' | 'after',
  matches: (call: PortCall, parameters: readonly unknown[]) => boolean,
): Held {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let isHeld = false
  const own = interposed(port, async (call, next, parameters) => {
    if (isHeld || !matches(call, parameters)) return next()
    isHeld = true
    const answer = when === 'after' ? await next() : undefined
    reached.resolve()
    await released.promise
    return when === 'after' ? (answer as Awaited<ReturnType<typeof next>>) : next()
  })
  return { port: own, reached: reached.promise, release: released.resolve }
}
