import { reused } from '../../core/async/reused.ts'
import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewPage, ViewQuery, ViewStore } from '../../core/port/view-store.ts'
import { parkedOf } from '../../projections/parking/reserved-names.ts'
import { VERSIONS } from '../../views/version-record.ts'
import { counting, overriding } from './wrapped.ts'

/** A storage that is read for snapshots: whatever several parts of one beat read is read once. */
export type WatchedStorage = {
  readonly storage: StoragePort
  /** Begins a beat: from now on everything is read again, except what may be older. */
  begin(): void
}

type Once<T> = () => Promise<T>

// What changes slowly, or is costly, is read again after so many beats.
const SLOW = 5

/**
 * Wraps a storage for a sampler.
 *
 * Listing versions reads the leases several times for each version, whereas a sampler lists them every second. Parked
 * sequences, and the lag of ranges that no worker owns, for which the database counts events, are read in every fifth
 * beat only.
 *
 * @param every milliseconds between two beats
 * @param count called for each call of the storage
 */
export function watchedStorage(
  storage: StoragePort,
  { every, clock, count }: { readonly every: number; readonly clock: Clock; readonly count: () => void },
): WatchedStorage {
  const leases = counting(storage.leases, count)
  const feed = counting(storage.feed, count)
  const viewStore = counting(storage.viewStore, count)
  const slow = new Map<string, { readonly read: Once<unknown>; usedAt: number }>()
  let allLeases: Once<Awaited<ReturnType<typeof leases.list>>>
  let ranges: Once<Awaited<ReturnType<typeof feed.ranges>>>
  let records: Once<ViewPage>
  let beats = 0

  function begin(): void {
    beats++
    allLeases = once(() => leases.list())
    ranges = once(() => feed.ranges())
    records = once(() => viewStore.query({ projection: VERSIONS, version: 1, limit: 1_000 }))
    for (const [id, { usedAt }] of slow) if (beats - usedAt > SLOW) slow.delete(id)
  }

  function slowly<T>(id: string, read: Once<T>): Promise<T> {
    const known = slow.get(id) ?? { read: reused(clock, SLOW * every, read), usedAt: beats }
    known.usedAt = beats
    slow.set(id, known)
    return known.read() as Promise<T>
  }

  function query(asked: ViewQuery): Promise<ViewPage> {
    if (asked.projection === VERSIONS && asked.after === undefined) return records()
    if (asked.projection.startsWith(parkedOf(''))) return slowly(JSON.stringify(asked), () => viewStore.query(asked))
    return viewStore.query(asked)
  }

  const getParked: NonNullable<ViewStore['getParked']> = (projection, version, keys) =>
    slowly(JSON.stringify([projection, version, keys]), async () => {
      return (await viewStore.getParked?.(projection, version, keys)) ?? new Map()
    })

  begin()
  return {
    begin,
    storage: {
      ...storage,
      leases: overriding(leases, {
        async list({ projection, version }: { readonly projection?: string; readonly version?: number } = {}) {
          return (await allLeases()).filter(
            ({ document }) =>
              (projection === undefined || document.projection === projection) &&
              (version === undefined || document.version === version),
          )
        },
        get: async (id) => (await allLeases()).find(({ document }) => document.id === id),
      }),
      feed: overriding(feed, {
        ranges: () => ranges(),
        lag: (range, from, options) =>
          slowly(`${range.min}-${range.max} ${from}`, () => feed.lag(range, from, options)),
      }),
      viewStore: overriding(viewStore, {
        query,
        async get(ref) {
          const page = ref.projection === VERSIONS ? await records() : undefined
          const found = page?.views.find(({ document }) => document.key === ref.key)
          return found ?? (page && page.next === undefined ? undefined : viewStore.get(ref))
        },
        ...(storage.viewStore.getParked && { getParked }),
      }),
      ping: () => {
        count()
        return storage.ping()
      },
      ...(storage.health && {
        health: () => {
          count()
          return (storage.health as NonNullable<typeof storage.health>)()
        },
      }),
    },
  }
}

function once<T>(read: Once<T>): Once<T> {
  let reading: Promise<T> | undefined
  return () => {
    reading ??= read()
    return reading
  }
}
