import { containsInterval, type HashInterval } from '../../core/hash-interval.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { leasesOf } from './reached.ts'

/** How far a version is on one feed range. */
export type RangeProgress = {
  readonly range: FeedRange
  readonly owner: string | null
  /** Milliseconds since 1970 from which on others may take it; 0 when nobody ever did. */
  readonly expiresAt: number
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /** Events that wait. */
  readonly behind: number
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
}

/**
 * How far a version is on each range of now; a range that was cut and not taken since is where the whole was.
 *
 * @throws FeedRangeGone when a range is cut meanwhile, and what the feed throws
 */
export async function rangesOf(storage: StoragePort, projection: string, version: number): Promise<RangeProgress[]> {
  const leases = await leasesOf(storage, projection, version)
  const ranges = await storage.feed.ranges()
  return Promise.all(
    ranges.map(async (range) => {
      const lease = finest(leases, range)
      const { events, oldest } = await storage.feed.lag(range, lease?.continuation ?? 'start')
      const { owner = null, expiresAt = 0, readTo: position = 0 } = lease ?? {}
      return { range, owner, expiresAt, position, behind: events, oldest }
    }),
  )
}

/** Events that wait for a version. */
export async function behindOf(storage: StoragePort, projection: string, version: number): Promise<number> {
  const ranges = await rangesOf(storage, projection, version)
  return ranges.reduce((sum, { behind }) => sum + behind, 0)
}

function finest(leases: readonly LeaseDocument[], range: HashInterval): LeaseDocument | undefined {
  return leases
    .filter((lease) => containsInterval(lease.range, range))
    .reduce<LeaseDocument | undefined>(
      (found, lease) => (found === undefined || containsInterval(found.range, lease.range) ? lease : found),
      undefined,
    )
}
