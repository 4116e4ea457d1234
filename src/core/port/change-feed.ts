import type { HashInterval } from '../positions/hash-interval.ts'
import type { Position } from '../positions/position.ts'
import type { EventDocument } from './event-document.ts'

/** A part of the change feed. Ranges are only ever cut finer. */
export type FeedRange = HashInterval

/** With what reading a range goes on: opaque, and never `'start'` or `'now'`. It also serves any part of its range. */
export type Continuation = string & { readonly __continuation?: never }

/**
 * Where reading begins: at a continuation, at the first event, past the last one, or at a time: the first place in the
 * order of the range whose event was recorded then or later.
 */
export type FeedStart = Continuation | 'start' | 'now' | Date

/** An event as the feed gives it. */
export type FeedEvent = {
  readonly event: EventDocument
  /** Its place in the order of its range. */
  readonly position: Position
  /** The range whose own continuation produced the page, never a wider one: where its tidemark belongs. */
  readonly range: FeedRange
  /** The same for all events of one append and different for neighbours in the feed. */
  readonly appendId: string
}

/** One page of a range. */
export type FeedPage = {
  /** In position order; an append is never cut between two pages. */
  readonly events: readonly FeedEvent[]
  readonly continuation: Continuation
  /** Whether the page ends at the end of the range as it was when it was read. */
  readonly caughtUp: boolean
  /** Everything of this range with an LSN up to this one has been read, what was erased or hidden included. */
  readonly readTo: number
  /** About how many events of the range lie after the page; 0 at its end, absent where the database does not tell. */
  readonly behind?: number
}

export type FeedReadOptions = {
  /** At most about this many events, a whole number from 1: the last append is given whole. Default 1,000. */
  readonly limit?: number
  /** When it is aborted, reading throws its reason. */
  readonly signal?: AbortSignal
}

export type FeedLagOptions = {
  /** An LSN that was seen somewhere: where the log goes as far, the answer is about no older state than that. */
  readonly atLeast?: number
}

/** How far a continuation is behind the log. */
export type FeedLag = {
  /** Events after it; approximate where the database cannot count. */
  readonly events: number
  /** When the oldest of them was recorded, or null. */
  readonly oldest: string | null
  /** The last LSN of the range. */
  readonly head: number
}

/**
 * All committed events, range by range. Events of one stream come in version order; every event comes at least once,
 * also when it committed late: none becomes visible behind a position that was already read. Reading can go on from
 * any continuation for as long as the events exist.
 */
export interface ChangeFeed {
  /** The ranges of now; together they cover the hash space without overlap. */
  ranges(): Promise<readonly FeedRange[]>

  /**
   * Reads a page. The range may be a part of the one that the continuation comes from.
   *
   * @throws FeedRangeGone when the range was cut since, or lies in none; InvalidOption for a bad limit or a Date without
   *   a time; InvalidContinuation; TidemarkAheadOfLog when the continuation lies past the end of the log; LogDiverged when
   *   the last event before the continuation is no longer in the log and was not erased; IncarnationMismatch where a
   *   continuation names another log. How often an adapter compares that event while one process reads on is its own
   *   business; it does so with the first read.
   */
  read(range: FeedRange, from: FeedStart, options?: FeedReadOptions): Promise<FeedPage>

  /** How far `from` is behind. @throws as `read` does */
  lag(range: FeedRange, from: FeedStart, options?: FeedLagOptions): Promise<FeedLag>

  /**
   * Resolves when there may be more to read than before the call, or when `signal` is aborted. It may resolve for
   * nothing; it costs next to nothing while it waits.
   *
   * @param range where to wait for more: an adapter may leave out what changed elsewhere
   */
  changed(signal: AbortSignal, range?: FeedRange): Promise<void>
}
