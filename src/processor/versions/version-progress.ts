import { type Clock, systemClock } from '../../core/clock.ts'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { FailureReport } from '../failures.ts'
import { finestAround } from '../leases/first-lease.ts'
import { UNKNOWN_LAG } from '../ranges/throughput.ts'
import type { RangeState } from '../status/range-state.ts'
import {
  NO_PROGRESS,
  type RangeProgressReport,
  textOf,
  toldError,
  toldLag,
  toldProgress,
  toldState,
} from '../status/told-notes.ts'
import { leasesOf } from './covered-positions.ts'

/** The state of a version on a range, as in the status of a processor, except that parked sequences are not considered. */
export type ProgressState = Exclude<RangeState, 'parked'>

/** The progress of a version on one feed range. */
export type RangeProgress = RangeProgressReport & {
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
  /** Since when its destination has been unavailable, if `state` is `waiting`: ISO 8601 in UTC, or null. */
  readonly waitingSince: string | null
  /** The last failure that its owner stored, even if it is over. */
  readonly error: FailureReport | null
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
      const now = clock.now()
      const held = owner !== null && expiresAt > now ? lease : undefined
      const told = held && held.state !== 'paused' ? toldLag(held) : UNKNOWN_LAG
      const found = told.behind === null ? await lag(range, lease) : { behind: told.behind, oldest: told.oldest }
      const state = held ? toldState(held.state, found) : 'unowned'
      const waitingSince = state === 'waiting' ? textOf(held?.waitingSince) : null
      const progress = held ? toldProgress(held, now) : NO_PROGRESS
      const error = toldError(lease?.error)
      return { range, state, owner, expiresAt, position, ...found, waitingSince, ...progress, error }
    }),
  )

  async function lag(range: FeedRange, lease: LeaseDocument | undefined) {
    // After another log was accepted, all events count as unprocessed until the version is rebuilt.
    const from = lease?.incarnation === storage.incarnation ? lease.continuation : null
    const { events, oldest } = await storage.feed.lag(range, from ?? 'start')
    return { behind: events, oldest }
  }
}

/** The lag of a version, in events. */
export async function behindOf(storage: StoragePort, projection: string, version: number): Promise<number> {
  const ranges = await rangesOf(storage, projection, version)
  return ranges.reduce((sum, { behind }) => sum + behind, 0)
}
