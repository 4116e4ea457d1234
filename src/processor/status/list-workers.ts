import { type Clock, systemClock } from '../../core/clock.ts'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { isReservedProjection } from '../../core/port/view-store.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import { detailsIn, type WorkerDetails } from '../workers/worker-details.ts'

/**
 * What a worker does: it owns leases (`active`), has projections whose leases others own (`standby`), takes no more
 * leases because it stops (`stopping`), or has not renewed its document in time (`expired`).
 */
export type WorkerState = 'active' | 'standby' | 'stopping' | 'expired'

/** A worker as an operator sees it. */
export type WorkerSummary = WorkerDetails & {
  readonly worker: string
  readonly state: WorkerState
  /** The projection versions that it runs. */
  readonly projections: readonly { readonly projection: string; readonly version: number }[]
  /** The leases that it owns. */
  readonly leases: readonly { readonly projection: string; readonly version: number; readonly range: string }[]
  /** When its leases expire unless it renews its document: ISO 8601 in UTC. */
  readonly expires: string
}

/** The workers that have a document on a storage, by id. */
export async function listWorkers(
  { leases: store }: Pick<StoragePort, 'leases'>,
  clock: Clock = systemClock,
): Promise<WorkerSummary[]> {
  const now = clock.now()
  const documents = (await store.list()).map(({ document }) => document)
  const workers = documents.filter(({ projection }) => projection === WORKERS)
  const owned = documents.filter((one) => !isReservedProjection(one.projection) && expiryOf(one, workers) > now)
  return workers.map((document) => {
    const { owner, id, expiresAt, projections } = document
    const leases = owned
      .filter((lease) => lease.owner === owner)
      .map(({ projection, version, range }) => ({ projection, version, range: intervalText(range) }))
    const versions = Array.isArray(projections) ? projections.map((text) => versionIn(String(text))) : []
    const running = versions.length > 0 ? (leases.length > 0 ? 'active' : 'standby') : 'stopping'
    return {
      worker: owner ?? id,
      state: expiresAt > now ? running : 'expired',
      projections: versions,
      leases,
      expires: new Date(expiresAt).toISOString(),
      ...detailsIn(document),
    }
  })
}

/** See `versionKey`. */
function versionIn(text: string): { readonly projection: string; readonly version: number } {
  const end = text.lastIndexOf(':')
  return { projection: text.slice(0, end), version: Number(text.slice(end + 1)) }
}
