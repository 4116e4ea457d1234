import { type Clock, systemClock } from '../../../core/clock.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { createEstimate, type Estimate } from '../time-left.ts'
import { listVersions, type VersionSummary } from './list-versions.ts'
import { type Role, roles } from './roles.ts'

/**
 * One version of a projection: its role, its lag on each range, and when it will have caught up. Its own `rate` is how
 * fast its lag falls, new events included; that of a range is how many events it processes.
 */
export type ProjectionVersion = VersionSummary & Estimate & { readonly role: Role }

/** The versions of the projections and reactions of a storage, with their progress. */
export type ProjectionVersions = {
  /**
   * Every version that was ever run, or those of one projection or reaction, as workers stored their progress. `left` is
   * null at first: it is estimated from how much the lag fell since earlier calls in the last 30 seconds. A call reads
   * the leases, and the lag of ranges without an owner from the feed; parked sequences are counted up to 1,000.
   *
   * @throws UnknownVersion if no version of that projection was ever run; FeedRangeGone if a range is split meanwhile:
   *   then call it again
   */
  list(projection?: string): Promise<ProjectionVersion[]>
}

/** The versions of a storage, without a processor. Keep it: what it remembers makes the estimates. */
export function projectionVersions(
  storage: StoragePort,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): ProjectionVersions {
  let estimates: ReadonlyMap<string, ReturnType<typeof createEstimate>> = new Map()
  return {
    async list(projection) {
      const versions = await listVersions(storage, projection, clock)
      const roleOf = roles(versions)
      const now = clock.now()
      const known = new Map(projection === undefined ? [] : estimates)
      const listed = versions.map((one): ProjectionVersion => {
        const id = `${one.projection}:${one.version}`
        const estimate = estimates.get(id) ?? createEstimate()
        known.set(id, estimate)
        return { ...one, ...estimate(now, one.behind), role: roleOf(one) }
      })
      estimates = known
      return listed
    },
  }
}
