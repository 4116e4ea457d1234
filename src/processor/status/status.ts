import type { FeedRange } from '../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'
import type { FailureReport } from '../failures.ts'
import type { LeaseManager } from '../lease-manager.ts'
import type { LeaseEntry } from '../leases/lease-table.ts'
import type { TrackContext } from '../ranges/range-context.ts'
import type { Lag } from '../ranges/throughput.ts'
import type { ProcessorSettings } from '../settings.ts'
import { createParkedCount, type ParkedHashes } from './parked-count.ts'

/**
 * What a projection does on a range:
 *
 * - `idle`: it has read everything and waits for events
 * - `working`: it folds events, or tries again after a failure
 * - `stalled`: it failed time after time, or is behind without progress for the time that the options state, whatever
 *   it hangs in; it is tried again after longer pauses
 * - `parked`: as `idle` or `working`, while sequences of this range wait for somebody to look at them
 * - `unowned`: no worker has it
 */
export type RangeState = 'idle' | 'working' | 'stalled' | 'parked' | 'unowned'

/** One projection version on one feed range. */
export type RangeStatus = {
  readonly projection: string
  readonly version: number
  readonly range: FeedRange
  /** What its owner does; of another worker, what it said with its last checkpoint. */
  readonly state: RangeState
  /** The worker that holds the range, or null. */
  readonly owner: string | null
  /** Since when nobody holds it: ISO 8601 in UTC; null while somebody does. */
  readonly unownedSince: string | null
  /** When the lease lapses unless its owner is heard of: ISO 8601 in UTC; null when nobody holds it. */
  readonly leaseExpires: string | null
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /**
   * About how many events wait, as of its owner's last read of the feed; null where that is not known, as on a range
   * that no worker has.
   */
  readonly behind: number | null
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
  /** Milliseconds since then. */
  readonly oldestAge: number | null
  /**
   * Sequences that wait since an event of this range; at most 1,000 are counted for a projection, and null stands where
   * that could not be asked.
   */
  readonly parked: number | null
  /** Events that this processor folded into views since it took the range; one that concerns two views counts twice. */
  readonly folded: number
  /** Of those, how many a second lately. */
  readonly rate: number
  /** When this processor got on with it last: ISO 8601 in UTC; null where another one does, or none. */
  readonly progressAt: string | null
  /** The last failure, also when it is over: `state` tells whether it is. */
  readonly error: FailureReport | null
}

/** A processor's answer to how it is. */
export type ProcessorStatus = {
  readonly workerId: string
  /** False once it was stopped, or its storage was closed beneath it. */
  readonly running: boolean
  /**
   * Whether this worker owns no range because other workers own all of them. It takes over when one of them stops;
   * until then, more workers than feed ranges are of no use.
   */
  readonly standby: boolean
  /** The workers that are alive, as far as this one knows. */
  readonly workers: readonly string[]
  /** Why the leases cannot be looked at now, or null when they can. What follows is then what was seen last. */
  readonly leases: FailureReport | null
  /** For how many milliseconds a range may be nobody's before that is a failure. */
  readonly unownedAfter: number
  /** Every projection version of this worker on every feed range, whoever has it. */
  readonly ranges: readonly RangeStatus[]
}

/**
 * Makes the function that tells how a processor is. It always answers, also when the storage does not, and asks the feed
 * nothing: of its own ranges a worker knows how far they are, and of the others it knows what their leases say.
 */
export function createStatus(
  context: TrackContext,
  manager: LeaseManager,
  { unownedAfter }: ProcessorSettings,
): () => Promise<ProcessorStatus> {
  const { storage, clock, workerId, signal } = context
  const { table } = manager
  const parkedOf = createParkedCount(storage.viewStore, clock)

  async function statusOf(entry: LeaseEntry): Promise<RangeStatus> {
    const { id, projection, range, document } = entry
    const hashes = await parkedOf(projection)
    const track = manager.tracks.get(id)
    const lease = track?.lease.ended.aborted ? undefined : track?.lease
    const now = clock.now()
    const since = lease ? undefined : (table.unownedSince(entry, now) ?? unheld(document.owner, entry.seenAt))
    const isOwn = lease !== undefined && track !== undefined
    const known = isOwn ? track.progress.lag : since === undefined ? toldLag(document) : UNKNOWN
    const state = isOwn ? track.state : since === undefined ? toldState(document.state, known) : 'unowned'
    // A range that cannot be read is behind by nobody knows how much.
    const lag = state === 'stalled' && known.behind === 0 ? UNKNOWN : known
    const parked = countIn(hashes, range)
    const waits = parked !== null && parked > 0 && (state === 'idle' || state === 'working')
    const expires = isOwn ? manager.expiresAt : table.expiryOf(entry)
    return {
      projection: projection.name,
      version: projection.version,
      range,
      state: waits ? 'parked' : state,
      owner: isOwn ? workerId : since === undefined ? document.owner : null,
      unownedSince: since === undefined ? null : iso(since),
      leaseExpires: since === undefined ? iso(expires) : null,
      position: lease?.readTo ?? document.readTo,
      behind: lag.behind,
      oldest: lag.oldest,
      oldestAge: lag.oldest === null ? null : Math.max(0, now - Date.parse(lag.oldest)),
      parked,
      folded: track?.progress.folded ?? 0,
      rate: track?.progress.rate ?? 0,
      progressAt: isOwn ? iso(track.progress.at) : null,
      error: track?.error ?? toldError(document.error),
    }
  }

  /** A lease that is stored as this worker's and that it does not hold is nobody's. */
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

/** A worker that has read everything has nothing to say until more comes. */
const toldState = (state: unknown, { behind }: Lag): RangeState =>
  state === 'stalled' ? 'stalled' : state === 'idle' || behind === 0 ? 'idle' : 'working'

const toldError = (error: unknown): FailureReport | null =>
  typeof error === 'object' && error !== null ? (error as FailureReport) : null
