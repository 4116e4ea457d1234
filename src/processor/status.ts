import type { Clock } from '../core/clock.ts'
import type { ChangeFeed, FeedLag, FeedRange } from '../core/port/change-feed.ts'
import type { FailureReport } from './failure.ts'
import type { Lease } from './lease.ts'

/**
 * What a projection does on a range: wait for events (`idle`), fold them or try again (`working`), or fail time after
 * time (`stalled`; it is tried again after a longer pause).
 */
export type RangeState = 'idle' | 'working' | 'stalled'

/** One projection on one feed range. */
export type RangeStatus = {
  readonly projection: string
  readonly version: number
  readonly range: FeedRange
  readonly state: RangeState
  /** The worker that holds the range, or null as long as it is not taken. */
  readonly owner: string | null
  /** Everything up to this LSN was read, and its views are saved. */
  readonly position: number
  /** Events that wait, or null when that could not be asked. */
  readonly behind: number | null
  /** When the oldest of them was recorded: ISO 8601 in UTC. */
  readonly oldest: string | null
  /** Events that this processor folded into views since it began; an event that concerns two views counts twice. */
  readonly folded: number
  /** The last failure, also when it is over: `state` tells whether it is. */
  readonly error: FailureReport | null
}

/** A processor's answer to how it is. */
export type ProcessorStatus = {
  readonly workerId: string
  readonly ranges: readonly RangeStatus[]
}

// How long an answer of the feed serves: whoever polls the status shall not load the database.
const FRESH = 500

/** Makes a function that asks the feed how far a lease is behind, and asks again only after a while. */
export function createLagMeter(feed: ChangeFeed, range: FeedRange, clock: Clock) {
  let asked: { readonly at: number; readonly from: string | null; readonly lag: Promise<FeedLag | null> } | undefined
  return (lease: Lease): Promise<FeedLag | null> => {
    const from = lease.continuation
    // A place that was left says nothing about the new one: a range that caught up would seem to be behind.
    if (asked === undefined || asked.from !== from || clock.now() - asked.at >= FRESH) {
      // What is wrong with the feed is told by whoever reads it.
      const lag = feed.lag(range, from ?? 'start').catch(() => null)
      asked = { at: clock.now(), from, lag }
    }
    return asked.lag
  }
}
