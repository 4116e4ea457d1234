import { isoTime } from '../../core/iso-time.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { FailureReport } from '../failures.ts'
import type { LeaseManager, WorkerStatus } from '../lease-manager.ts'
import type { LeaseEntry } from '../leases/lease-table.ts'
import { tallyOf } from '../parking/parked-places.ts'
import type { RangeContext } from '../ranges/range-context.ts'
import type { RangeWorker } from '../ranges/range-worker.ts'
import { UNKNOWN_LAG } from '../ranges/throughput.ts'
import type { ProcessorSettings } from '../settings.ts'
import { createParkedCount } from './parked-count.ts'
import type { RangeState } from './range-state.ts'
import {
  NO_PROGRESS,
  type RangeProgressReport,
  textOf,
  toldError,
  toldLag,
  toldProgress,
  toldState,
} from './told-notes.ts'

/** One projection version on one feed range. */
export type RangeStatus = RangeProgressReport & {
  readonly projection: string
  readonly version: number
  readonly range: FeedRange
  /** The state reported by its owner; for another worker, as of its last checkpoint. */
  readonly state: RangeState
  /**
   * Since when the projection version has been paused: ISO 8601 in UTC, or null. A range that is still at work finishes
   * its page, and is `paused` afterwards.
   */
  readonly pausedSince: string | null
  /** Since when the destination has been unavailable, if `state` is `waiting`: ISO 8601 in UTC, or null. */
  readonly waitingSince: string | null
  /** The worker that owns the range, or null. */
  readonly owner: string | null
  /** Since when it has had no owner: ISO 8601 in UTC; null while it has one. */
  readonly unownedSince: string | null
  /** When the lease expires unless its owner renews it: ISO 8601 in UTC; null without an owner. */
  readonly leaseExpires: string | null
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /**
   * The lag: about how many events are not yet processed, as of its owner's last read of the feed; null if unknown, for
   * instance without an owner.
   */
  readonly behind: number | null
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
  /** Milliseconds since then. */
  readonly oldestAge: number | null
  /**
   * Sequences parked since an event of this range; at most 1,000 are counted for a projection version, and null if the
   * count is not available.
   */
  readonly parked: number | null
  /** Whether that projection version has more than were counted, so that `parked` is the least that there are. */
  readonly moreParked: boolean
  /** Since when the oldest of those that were counted has been parked: ISO 8601 in UTC, or null. */
  readonly parkedSince: string | null
  /** The last failure, even if it is over: `state` shows whether it is. */
  readonly error: FailureReport | null
}

/** The status of a processor. */
export type ProcessorStatus = {
  /** When it was taken, by this worker's clock: ISO 8601 in UTC. */
  readonly at: string
  readonly workerId: string
  /** False once it was stopped, or its storage was closed. */
  readonly running: boolean
  /**
   * Whether this worker owns no range because other workers own all of them. It takes over when one of them stops;
   * until then, more workers than feed ranges are of no use.
   */
  readonly standby: boolean
  /** The workers that are alive, as far as this one knows. */
  readonly workers: readonly WorkerStatus[]
  /** Why the leases cannot be read at present, or null if they can. The rest is then what was last seen. */
  readonly leases: FailureReport | null
  /** When the leases were last read, by this worker's clock: ISO 8601 in UTC; null if they never were. */
  readonly leasesReadAt: string | null
  /** For how many milliseconds a range may be unowned before that is a failure. */
  readonly unownedAfter: number
  /** Every projection version of this worker on every feed range, whichever worker owns it. */
  readonly ranges: readonly RangeStatus[]
}

/**
 * Creates the function that returns a processor's status. It always responds, even when the storage does not, and never
 * reads the feed: a worker knows the progress of its own ranges, and knows that of others from their leases.
 */
export function createStatus(
  context: RangeContext,
  manager: LeaseManager,
  { unownedAfter }: ProcessorSettings,
): () => Promise<ProcessorStatus> {
  const { storage, clock, workerId, signal } = context
  const { table } = manager
  const parkedOf = createParkedCount(storage.viewStore, clock)

  async function statusOf(entry: LeaseEntry): Promise<RangeStatus> {
    const { id, projection, range, document } = entry
    const places = await parkedOf(projection)
    const rangeWorker = manager.rangeWorkers.get(id)
    const lease = rangeWorker?.lease.ended.aborted ? undefined : rangeWorker?.lease
    const now = clock.now()
    const since = lease ? undefined : (table.unownedSince(entry, now) ?? unheld(document.owner, entry.seenAt))
    const isOwn = lease !== undefined && rangeWorker !== undefined
    const known = isOwn ? rangeWorker.progress.lag : since === undefined ? toldLag(document) : UNKNOWN_LAG
    const state = isOwn ? rangeWorker.state : since === undefined ? toldState(document.state, known) : 'unowned'
    // The lag of a range that cannot be read is unknown.
    const lag = state === 'stalled' && known.behind === 0 ? UNKNOWN_LAG : known
    const tally = places === null ? NOT_COUNTED : tallyOf(places, range)
    const waits = tally.parked !== null && tally.parked > 0 && (state === 'idle' || state === 'working')
    const expires = isOwn ? manager.expiresAt : table.expiryOf(entry)
    return {
      projection: projection.name,
      version: projection.version,
      range,
      state: waits ? 'parked' : state,
      pausedSince: table.pausedSince(projection.name, projection.version),
      waitingSince: isOwn
        ? isoOrNull(rangeWorker.waitingSince)
        : state === 'waiting'
          ? textOf(document.waitingSince)
          : null,
      owner: isOwn ? workerId : since === undefined ? document.owner : null,
      unownedSince: since === undefined ? null : isoTime(since),
      leaseExpires: since === undefined ? isoTime(expires) : null,
      position: lease?.readTo ?? document.readTo,
      behind: lag.behind,
      oldest: lag.oldest,
      oldestAge: lag.oldest === null ? null : Math.max(0, now - Date.parse(lag.oldest)),
      ...tally,
      ...(isOwn ? ownProgress(rangeWorker) : since === undefined ? toldProgress(document, now) : NO_PROGRESS),
      error: rangeWorker?.error ?? toldError(document.error),
    }
  }

  const ownProgress = ({ progress, failing }: RangeWorker): RangeProgressReport => ({
    folded: progress.folded,
    rate: progress.rate,
    progressAt: isoTime(progress.at),
    failing,
  })

  /** A lease that is stored as this worker's, but that it does not hold, is unowned. */
  const unheld = (owner: string | null, seenAt: number) => (owner === workerId ? seenAt : undefined)

  return async () => ({
    at: isoTime(clock.now()),
    workerId,
    running: !manager.closed && !signal.aborted,
    standby: manager.standby,
    workers: manager.workers,
    leases: manager.error,
    leasesReadAt: isoOrNull(manager.readAt),
    unownedAfter,
    ranges: await Promise.all(table.entries.map(statusOf)),
  })
}

const NOT_COUNTED = { parked: null, moreParked: false, parkedSince: null }

const isoOrNull = (time: number | null): string | null => (time === null ? null : isoTime(time))
