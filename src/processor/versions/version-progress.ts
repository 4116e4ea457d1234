import { type Clock, systemClock } from '../../core/clock.ts'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { finestAround } from '../leases/first-lease.ts'
import type { RangeState } from '../status/status.ts'
import { leasesOf } from './covered-positions.ts'

/** The state of a version on a range, as in the status of a processor, except that parked sequences are not considered. */
export type ProgressState = Exclude<RangeState, 'parked'>

/** The progress of a version on one feed range. */
export type RangeProgress = {
  readonly range: FeedRange
  readonly state: ProgressState
  readonly owner: string | null
  /** Milliseconds since 1970 from which on others may take it; 0 if it never had an owner. */
  readonly expiresAt: number
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /**
   * Events not yet processed: as its owner stored them with its last checkpoint, or from the feed if there is no owner or it is paused.
   */
  readonly behind: number
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
}

/**
 * The progress of a version on each current range; a range that was split and not taken since is where the whole was.
 *
 * @throws FeedRangeGone if a range is split in the meantime, and what the feed throws
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
      const told = isOwned && lease?.state !== 'paused' ? toldLag(lease) : undefined
      const found = told ?? (await lag(range, lease))
      const state = isOwned ? stateOf(lease, found.behind) : 'unowned'
      return { range, state, owner, expiresAt, position, ...found }
    }),
  )

  async function lag(range: FeedRange, lease: LeaseDocument | undefined) {
    // After another log was accepted, all events count as unprocessed until the version is rebuilt.
    const from = lease?.incarnation === storage.incarnation ? lease.continuation : null
    const { events, oldest } = await storage.feed.lag(range, from ?? 'start')
    return { behind: events, oldest }
  }
}

/** A worker that has read everything says no more until more arrives. */
function stateOf(lease: LeaseDocument | undefined, behind: number): ProgressState {
  if (lease?.state === 'stalled' || lease?.state === 'paused') return lease.state
  return behind > 0 ? 'working' : 'idle'
}

function toldLag(lease: LeaseDocument | undefined) {
  if (typeof lease?.behind !== 'number') return undefined
  return { behind: lease.behind, oldest: typeof lease.oldest === 'string' ? lease.oldest : null }
}

/** The lag of a version, in events. */
export async function behindOf(storage: StoragePort, projection: string, version: number): Promise<number> {
  const ranges = await rangesOf(storage, projection, version)
  return ranges.reduce((sum, { behind }) => sum + behind, 0)
}
