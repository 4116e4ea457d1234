import { settled } from '../core/async/settled.ts'
import { WORKERS } from '../core/leases/lease-owner.ts'
import { pauseId, pauseIn } from '../core/leases/pauses.ts'
import type { Located } from '../core/port/event-log.ts'
import { type LeaseDocument, leaseId } from '../core/port/lease-store.ts'
import type { Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { containsHash } from '../core/positions/hash-interval.ts'
import type { PositionToken } from '../core/positions/position-token.ts'
import { batch } from './batch-reads.ts'
import { batchedViews } from './batched-views.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { readVersionRecord, type VersionRecord } from './version-record.ts'

/** The reads of waiting for views, each batched over all waiters: see {@link batch}. */
export type WaitReads = ReturnType<typeof createWaitReads>

/** Creates the reads that concurrent waiters share. */
export function createWaitReads({ events, viewStore, leases, feed }: StoragePort) {
  const views = batchedViews(viewStore)
  const lists = new Map<string, (key: string) => Promise<Stored<LeaseDocument>[] | undefined>>()
  const ranges = batch(async () => new Map([['now', await feed.ranges()]]))
  const leaseOf = batch(async (ids) => {
    const found = await Promise.all(ids.map(async (id) => [id, await leases.get(id)] as const))
    return new Map(found)
  })

  /** All leases of a version: more than needed, but they include those of ranges that were split since. */
  async function listed(projection: string, version: number): Promise<readonly Stored<LeaseDocument>[]> {
    const id = `${projection}:${version}`
    const list = remembered(lists, id, () =>
      batch(async () => new Map([[id, await leases.list({ projection, version })]])),
    )
    return (await list(id)) ?? []
  }
  // One token that cannot be located must not fail the others.
  const located = batch(async (tokens) => {
    const locating = tokens.map(async (token) => [token, await settled(events.locate(token))] as const)
    return new Map(await Promise.all(locating))
  })

  return {
    /** Where a position is; concurrent waiters for the same one share the result. @throws as `locate` does */
    async locate(token: PositionToken): Promise<readonly Located[]> {
      const answer = (await located(token)) as PromiseSettledResult<readonly Located[]>
      if (answer.status === 'rejected') throw answer.reason
      return answer.value
    },

    view: ({ name }: ProjectionRef, version: number, key: string) => views.get({ projection: name, version, key }),

    versions: ({ name }: ProjectionRef): Promise<Stored<VersionRecord> | undefined> => readVersionRecord(views, name),

    /** The documents of all workers. */
    async workers(): Promise<readonly LeaseDocument[]> {
      return (await listed(WORKERS, 1)).map(({ document }) => document)
    },

    /** Since when a projection version is paused: ISO 8601 in UTC; null when it is not. */
    async pausedSince({ name }: ProjectionRef, version: number): Promise<string | null> {
      const found = await leaseOf(pauseId({ projection: name, version }))
      return (found && pauseIn(found.document)?.since) ?? null
    },

    /** The leases of the ranges that contain these hashes. */
    async leases(
      { name }: ProjectionRef,
      version: number,
      hashes: readonly string[],
    ): Promise<readonly Stored<LeaseDocument>[]> {
      const known = (await ranges('now')) ?? []
      const around = hashes.map((hash) => known.find((range) => containsHash(range, hash)))
      const ids = new Set(around.map((range) => (range ? leaseId(name, version, range) : '')))
      const found = await Promise.all([...ids].map((id) => leaseOf(id)))
      // A range that was split, or a part that no worker has taken yet: another lease shows how far it is.
      const isUnclear = found.some((lease) => lease === undefined || lease.document.owner === null)
      return isUnclear ? listed(name, version) : (found as Stored<LeaseDocument>[])
    },
  }
}

function remembered<T>(map: Map<string, T>, id: string, make: () => T): T {
  const known = map.get(id)
  if (known !== undefined) return known
  const made = make()
  map.set(id, made)
  return made
}
