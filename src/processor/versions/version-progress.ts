import { type Clock, systemClock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { finestAround } from '../leases/first-lease.ts'
import { expiryOf } from '../leases/lease-expiry.ts'
import { WORKERS } from '../leases/worker-registry.ts'
import { leasesOf } from './covered-positions.ts'

/** How far a version is on one feed range. */
export type RangeProgress = {
  readonly range: FeedRange
  readonly owner: string | null
  /** Milliseconds since 1970 from which on others may take it; 0 when nobody ever did. */
  readonly expiresAt: number
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /** Events that wait: as its owner stored them with its last checkpoint, or as the feed tells where there is no owner. */
  readonly behind: number
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
}

/**
 * How far a version is on each current range; a range that was cut and not taken since is where the whole was.
 *
 * @throws FeedRangeGone when a range is cut meanwhile, and what the feed throws
 */
export async function rangesOf(
  storage: Pick<StoragePort, 'leases' | 'feed' | 'incarnation'>,
  projection: string,
  version: number,
  clock: Clock = systemClock,
): Promise<RangeProgress[]> {
  const workers = await leasesOf(storage, WORKERS, 1)
  const leases = await leasesOf(storage, projection, version)
  const ranges = await storage.feed.ranges()
  const finest = finestAround(ranges, leases)
  return Promise.all(
    ranges.map(async (range) => {
      const lease = finest.get(range)
      const { owner = null, readTo: position = 0 } = lease ?? {}
      const expiresAt = lease ? expiryOf(lease, workers) : 0
      const isOwned = owner !== null && expiresAt > clock.now()
      return { range, owner, expiresAt, position, ...((isOwned && toldLag(lease)) || (await lag(range, lease))) }
    }),
  )

  async function lag(range: FeedRange, lease: LeaseDocument | undefined) {
    // After another log was accepted, everything waits until the version is built again.
    const from = lease?.incarnation === storage.incarnation ? lease.continuation : null
    const { events, oldest } = await storage.feed.lag(range, from ?? 'start')
    return { behind: events, oldest }
  }
}

function toldLag(lease: LeaseDocument | undefined) {
  if (typeof lease?.behind !== 'number') return undefined
  return { behind: lease.behind, oldest: typeof lease.oldest === 'string' ? lease.oldest : null }
}

/** Events that wait for a version. */
export async function behindOf(storage: StoragePort, projection: string, version: number): Promise<number> {
  const ranges = await rangesOf(storage, projection, version)
  return ranges.reduce((sum, { behind }) => sum + behind, 0)
}
