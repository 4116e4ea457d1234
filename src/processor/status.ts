import type { Clock } from '../core/clock.ts'
import type { ChangeFeed, Continuation, FeedLag, FeedRange } from '../core/port/change-feed.ts'
import { isAlive } from './balance.ts'
import { type BoardEntry, unownedSince } from './board.ts'
import type { TrackContext } from './context.ts'
import type { FailureReport } from './failure.ts'
import type { Keeper } from './keeper.ts'
import { createParkedMeter } from './parking/parked-meter.ts'
import type { ProcessorSettings } from './settings.ts'
import type { Track } from './track.ts'

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
  /** What its owner does; of another worker, what it said when it renewed its lease. */
  readonly state: RangeState
  /** The worker that holds the range, or null. */
  readonly owner: string | null
  /** Since when nobody holds it: ISO 8601 in UTC; null while somebody does. */
  readonly unownedSince: string | null
  /** When the lease lapses unless it is renewed: ISO 8601 in UTC; null when nobody holds it. */
  readonly leaseExpires: string | null
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /** Events that wait, or null when that could not be asked. */
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
  /** The workers that are alive, as far as this one knows. */
  readonly workers: readonly string[]
  /** Why the leases cannot be looked at now, or null when they can. What follows is then what was seen last. */
  readonly leases: FailureReport | null
  /** For how many milliseconds a range may be nobody's before that is a failure. */
  readonly unownedAfter: number
  /** Every projection version of this worker on every feed range, whoever has it. */
  readonly ranges: readonly RangeStatus[]
}

/** Makes the function that tells how a processor is. It always answers, also when the storage does not. */
export function createStatus(
  context: TrackContext,
  keeper: Keeper,
  { unownedAfter }: ProcessorSettings,
): () => Promise<ProcessorStatus> {
  const { storage, clock, workerId, signal } = context
  const lagOf = createLagMeter(storage.feed, clock)
  const parkedOf = createParkedMeter(storage.viewStore, clock)

  async function statusOf(entry: BoardEntry): Promise<RangeStatus> {
    const { id, projection, range, document } = entry
    const track = keeper.tracks.get(id)
    const lease = track?.lease.ended.aborted ? undefined : track?.lease
    const continuation = lease ? lease.continuation : document.continuation
    const [lag, parked] = await Promise.all([lagOf(id, range, continuation), parkedOf(projection, range)])
    const now = clock.now()
    const since = lease ? undefined : (unownedSince(entry, now) ?? unheld(document.owner, entry.seenAt))
    const mine = lease && track
    const state = mine ? stateOf(track, lag, now) : since === undefined ? toldState(document.state) : 'unowned'
    const waits = parked !== null && parked > 0 && (state === 'idle' || state === 'working')
    return {
      projection: projection.name,
      version: projection.version,
      range,
      state: waits ? 'parked' : state,
      owner: mine ? workerId : since === undefined ? document.owner : null,
      unownedSince: since === undefined ? null : iso(since),
      leaseExpires: mine ? iso(lease.expiresAt) : since === undefined ? iso(document.expiresAt) : null,
      position: lease?.readTo ?? document.readTo,
      behind: lag?.events ?? null,
      oldest: lag?.oldest ?? null,
      oldestAge: ageOf(lag, now),
      parked,
      folded: track?.progress.folded ?? 0,
      rate: track?.progress.rate ?? 0,
      progressAt: mine ? iso(track.progress.at) : null,
      error: track?.error ?? toldError(document.error),
    }
  }

  /** A lease that is stored as this worker's and that it does not hold is nobody's. */
  const unheld = (owner: string | null, seenAt: number) => (owner === workerId ? seenAt : undefined)

  function stateOf({ state, progress }: Track, lag: FeedLag | null, now: number): RangeState {
    // One that does not hear of new events is behind for as long as the oldest of them is there.
    const deaf = Math.min(ageOf(lag, now) ?? 0, now - progress.at) >= context.stalledAfter
    return state === 'idle' && deaf ? 'stalled' : state
  }

  return async () => {
    const { board, error, closed } = keeper
    const now = clock.now()
    return {
      workerId,
      running: !closed && !signal.aborted,
      workers: (board?.workers ?? []).filter((worker) => isAlive(worker, now)).map(({ id }) => id),
      leases: error,
      unownedAfter,
      ranges: await Promise.all((board?.entries ?? []).map(statusOf)),
    }
  }
}

const iso = (time: number): string => new Date(time).toISOString()

const ageOf = (lag: FeedLag | null, now: number): number | null =>
  lag?.oldest ? Math.max(0, now - Date.parse(lag.oldest)) : null

const toldState = (state: unknown): RangeState => (state === 'idle' || state === 'stalled' ? state : 'working')

const toldError = (error: unknown): FailureReport | null =>
  typeof error === 'object' && error !== null ? (error as FailureReport) : null

// How long an answer of the feed serves, and how long one is waited for: whoever polls the status shall not load the
// database, and is told also when that does not answer.
const FRESH = 500
const PATIENCE = 2_000

/** Makes a function that asks the feed how far a place is behind, and asks again only after a while. */
function createLagMeter(feed: ChangeFeed, clock: Clock) {
  type Asked = { readonly at: number; readonly from: Continuation | null; readonly lag: Promise<FeedLag | null> }
  const asked = new Map<string, Asked>()
  return (id: string, range: FeedRange, from: Continuation | null): Promise<FeedLag | null> => {
    const before = asked.get(id)
    // A place that was left says nothing about the new one: a range that caught up would seem to be behind.
    if (before && before.from === from && clock.now() - before.at < FRESH) return before.lag
    const end = new AbortController()
    const late = clock.sleep(PATIENCE, end.signal).then(() => null)
    // What is wrong with the feed is told by whoever reads it.
    const lag = Promise.race([feed.lag(range, from ?? 'start').catch(() => null), late]).finally(() => end.abort())
    asked.set(id, { at: clock.now(), from, lag })
    return lag
  }
}
