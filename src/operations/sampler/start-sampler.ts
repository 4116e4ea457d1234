import { notify } from '../../core/async/callbacks.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { cadenceOf } from '../cadence.ts'
import { createHistory } from '../history/history.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { createRecentEvents } from './recent-events.ts'
import type { Sampler } from './sampler.ts'
import { createSnapshots } from './take-snapshots.ts'
import { createCostMeter } from './watch-cost.ts'
import { watchedStorage } from './watched-storage.ts'

/** How a storage is watched. */
export type SamplerOptions = {
  readonly storage: StoragePort
  /** What the storage's URL begins with, without address and secrets: `file`, `mongodb`, `https`. */
  readonly kind: string
  /** Milliseconds between two snapshots; by default 1,000, for MongoDB 2,000, and for Azure Cosmos DB 10,000. */
  readonly every?: number
  /** The id under which this process reports itself, if it does: its request units are what watching costs. */
  readonly own?: string
  readonly clock?: Clock
}

/**
 * Watches a storage: it takes a snapshot in each beat, until it is closed. Each part of a snapshot fails by itself and
 * is then null, never what was read before. A beat that takes longer than the time between two delays the next one.
 */
export function startSampler({ storage, kind, own, clock = systemClock, ...options }: SamplerOptions): Sampler {
  const every = options.every ?? cadenceOf(kind).snapshots
  const stopping = new AbortController()
  const { signal } = stopping
  const history = createHistory({ every })
  const cost = createCostMeter(clock, every)
  const watched = watchedStorage(storage, { every, clock, count: cost.count })
  const recent = createRecentEvents(watched.storage.feed, { clock, every: Math.max(every, 1_000), signal })
  const listeners = new Set<(snapshot: Snapshot) => void>()
  const takeSnapshot = createSnapshots(watched.storage, { kind, every, clock, signal })
  let latest: Snapshot | null = null

  async function beat(): Promise<void> {
    watched.begin()
    const { snapshot, values } = await takeSnapshot()
    if (signal.aborted) return
    latest = snapshot
    cost.charged(snapshot.instances?.find(({ id }) => id === own))
    history.add(snapshot.at, values)
    for (const listener of [...listeners]) notify(listener, snapshot)
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const began = clock.now()
      await beat()
      const taken = clock.now() - began
      await clock.sleep(every - (taken > 0 ? taken % every : 0), signal)
    }
  }

  const running = run()

  async function close(): Promise<void> {
    stopping.abort()
    await running
  }

  return {
    every,
    history,
    latest: () => latest,
    subscribe(listener) {
      const own = (snapshot: Snapshot) => listener(snapshot)
      listeners.add(own)
      return () => listeners.delete(own)
    },
    watchEvents: recent.watch,
    recentEvents: recent.list,
    cost: cost.read,
    close,
    [Symbol.asyncDispose]: close,
  }
}
