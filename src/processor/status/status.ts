import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'
import type { FailureReport } from '../failures.ts'
import type { LeaseManager } from '../lease-manager.ts'
import type { LeaseEntry } from '../leases/lease-table.ts'
import type { RangeContext } from '../ranges/range-context.ts'
import type { Lag } from '../ranges/throughput.ts'
import type { ProcessorSettings } from '../settings.ts'
import { createParkedCount, type ParkedHashes } from './parked-count.ts'

/**
 * What a projection does on a range:
 *
 * - `idle`: it has read everything and waits for events
 * - `working`: it processes events, or retries after a failure
 * - `stalled`: it failed repeatedly, or is behind without progress for the configured time, whatever the cause; it is
 *   retried with longer delays
 * - `paused`: an operator paused the projection version, and the last page is done
 * - `parked`: as `idle` or `working`, while sequences of this range are parked and need a person
 * - `unowned`: no worker owns it
 */
export type RangeState = 'idle' | 'working' | 'stalled' | 'paused' | 'parked' | 'unowned'

/** One projection version on one feed range. */
export type RangeStatus = {
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
   * Sequences parked since an event of this range; at most 1,000 are counted for a projection, and null if the count is
   * not available.
   */
  readonly parked: number | null
  /** Events that this processor folded into views since it took the range; one that concerns two views counts twice. */
  readonly folded: number
  /** The recent rate of those, in events per second. */
  readonly rate: number
  /** When this processor last made progress on it: ISO 8601 in UTC; null if another worker owns it, or none. */
  readonly progressAt: string | null
  /** The last failure, even if it is over: `state` shows whether it is. */
  readonly error: FailureReport | null
}

/** The status of a processor. */
export type ProcessorStatus = {
  readonly workerId: string
  /** False once it was stopped, or its storage was closed. */
  readonly running: boolean
  /**
   * Whether this worker owns no range because other workers own all of them. It takes over when one of them stops;
   * until then, more workers than feed ranges are of no use.
   */
  readonly standby: boolean
  /** The workers that are alive, as far as this one knows. */
  readonly workers: readonly string[]
  /** Why the leases cannot be read at present, or null if they can. The rest is then what was last seen. */
  readonly leases: FailureReport | null
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
    const hashes = await parkedOf(projection)
    const rangeWorker = manager.rangeWorkers.get(id)
    const lease = rangeWorker?.lease.ended.aborted ? undefined : rangeWorker?.lease
    const now = clock.now()
    const since = lease ? undefined : (table.unownedSince(entry, now) ?? unheld(document.owner, entry.seenAt))
    const isOwn = lease !== undefined && rangeWorker !== undefined
    const known = isOwn ? rangeWorker.progress.lag : since === undefined ? toldLag(document) : UNKNOWN
    const state = isOwn ? rangeWorker.state : since === undefined ? toldState(document.state, known) : 'unowned'
    // The lag of a range that cannot be read is unknown.
    const lag = state === 'stalled' && known.behind === 0 ? UNKNOWN : known
    const parked = countIn(hashes, range)
    const waits = parked !== null && parked > 0 && (state === 'idle' || state === 'working')
    const expires = isOwn ? manager.expiresAt : table.expiryOf(entry)
    return {
      projection: projection.name,
      version: projection.version,
      range,
      state: waits ? 'parked' : state,
      pausedSince: table.pausedSince(projection.name, projection.version),
      owner: isOwn ? workerId : since === undefined ? document.owner : null,
      unownedSince: since === undefined ? null : iso(since),
      leaseExpires: since === undefined ? iso(expires) : null,
      position: lease?.readTo ?? document.readTo,
      behind: lag.behind,
      oldest: lag.oldest,
      oldestAge: lag.oldest === null ? null : Math.max(0, now - Date.parse(lag.oldest)),
      parked,
      folded: rangeWorker?.progress.folded ?? 0,
      rate: rangeWorker?.progress.rate ?? 0,
      progressAt: isOwn ? iso(rangeWorker.progress.at) : null,
      error: rangeWorker?.error ?? toldError(document.error),
    }
  }

  /** A lease that is stored as this worker's, but that it does not hold, is unowned. */
  const unheld = (owner: string | null, seenAt: number) => (owner === workerId ? seenAt : undefined)

  return async () => ({
    workerId,
    running: !manager.closed && !signal.aborted,
    standby: manager.standby,
    workers: table.workers(clock.now()).map(({ id }) => id),
    leases: manager.error,
    unownedAfter,
    ranges: await Promise.all(table.entries.map(statusOf)),
  })
}

const UNKNOWN: Lag = { behind: null, oldest: null }

const iso = (time: number): string => new Date(time).toISOString()

const countIn = (hashes: ParkedHashes | null, range: FeedRange): number | null =>
  hashes?.filter((hash) => containsHash(range, hash)).length ?? null

const toldLag = ({ behind, oldest }: LeaseDocument): Lag => ({
  behind: typeof behind === 'number' ? behind : null,
  oldest: typeof oldest === 'string' ? oldest : null,
})

/** A worker that has read everything has nothing to report until more arrives. */
const toldState = (state: unknown, { behind }: Lag): RangeState =>
  state === 'stalled' || state === 'paused' ? state : state === 'idle' || behind === 0 ? 'idle' : 'working'

const toldError = (error: unknown): FailureReport | null =>
  typeof error === 'object' && error !== null ? (error as FailureReport) : null
