import type { HashInterval } from '../positions/hash-interval.ts'
import type { Position } from '../positions/position.ts'
import type { EventDocument } from './event-document.ts'

/** A part of the change feed. Ranges are only ever split, never merged. */
export type FeedRange = HashInterval

/**
 * From where reading a range resumes: opaque, and never `'start'` or `'now'`. It is also valid for any part of its
 * range.
 */
export type Continuation = string & { readonly __continuation?: never }

/**
 * Where reading begins: at a continuation, at the first event, past the last one, or at a time: at the first event, in
 * the order of the range, that was recorded then or later.
 */
export type FeedStart = Continuation | 'start' | 'now' | Date

/** An event as the feed returns it. */
export type FeedEvent = {
  readonly event: EventDocument
  /** Its position in the order of its range. */
  readonly position: Position
  /** The range whose own continuation produced the page, never a wider one: its tidemark is recorded for this range. */
  readonly range: FeedRange
  /** The same for all events of one append, and different for neighbours in the feed. */
  readonly appendId: string
  /**
   * How what is stored for the event differs from what this adapter would have written for it, as a clause that follows
   * the event's name; it names no value. Only with `asWritten`. See there.
   */
  readonly fault?: string
}

/** One page of a range. */
export type FeedPage = {
  /** In position order; a page never splits an append. */
  readonly events: readonly FeedEvent[]
  readonly continuation: Continuation
  /** Whether the page reached the end of the range at the time of the read. */
  readonly caughtUp: boolean
  /** Everything in this range with an LSN up to this one has been read, including erased and hidden events. */
  readonly readTo: number
  /**
   * The approximate number of events in the range after the page; 0 at its end, absent if the database does not provide
   * it.
   */
  readonly behind?: number
  /** How the database itself differs from what this adapter would have made, if it does. Only with `asWritten`. */
  readonly fault?: string
}

export type FeedReadOptions = {
  /**
   * The approximate maximum number of events, a whole number from 1; the last append is included completely. Default
   * 1,000.
   */
  readonly limit?: number
  /** When it is aborted, reading throws its reason. */
  readonly signal?: AbortSignal
  /**
   * Whether to compare what is stored for each event with what this adapter would have written for it, for who looks for
   * tampering: other programs may read what the adapter does not (an index column, a field beside a text, the first of
   * two members with one name). What agrees with the event but not with its neighbours is a fault, too, and so is a
   * stream's stored head, or mark of deletion, that does not agree with its events.
   *
   * An event that cannot be decoded is returned with a fault, and with nothing but its stream and its version if they are
   * known; without the option, reading fails. A placeholder that erasing did not make is returned with a fault, too.
   * Default false. A storage that no other program can reach, such as one in memory, has nothing to compare.
   */
  readonly asWritten?: boolean
}

export type FeedLagOptions = {
  /** An LSN that was seen elsewhere: if the log reaches that far, the result is at least as recent. */
  readonly atLeast?: number
}

/** How far a continuation is behind the log. */
export type FeedLag = {
  /** The number of events after it; approximate if the database cannot count. */
  readonly events: number
  /** When the oldest of them was recorded, or null. */
  readonly oldest: string | null
  /** The last LSN of the range. */
  readonly head: number
}

/**
 * All committed events, range by range. Events of one stream are returned in version order; every event is returned at
 * least once, even if it committed late: none becomes visible behind a position that was already read. Reading can
 * resume from any continuation for as long as the events exist.
 */
export interface ChangeFeed {
  /** The current ranges; together they cover the hash space without overlap. */
  ranges(): Promise<readonly FeedRange[]>

  /**
   * Reads a page. The range may be a part of the one that the continuation comes from.
   *
   * @throws FeedRangeGone if the range was split since, or is not inside a current one; InvalidOption for an invalid
   *   limit or Date; InvalidContinuation; TidemarkAheadOfLog if the continuation is past the end of the log;
   *   LogDiverged if the last event before the continuation is no longer in the log and was not erased;
   *   IncarnationMismatch if a continuation belongs to another log. It is up to the adapter how often it compares that
   *   event while one process keeps reading; it always does so at the first read.
   */
  read(range: FeedRange, from: FeedStart, options?: FeedReadOptions): Promise<FeedPage>

  /** How far `from` is behind the log. @throws as `read` does */
  lag(range: FeedRange, from: FeedStart, options?: FeedLagOptions): Promise<FeedLag>

  /**
   * Resolves when there may be more to read than before the call, or when `signal` is aborted. It may resolve without a
   * change; waiting costs next to nothing.
   *
   * @param range the range to wait for: an adapter may ignore changes elsewhere
   */
  changed(signal: AbortSignal, range?: FeedRange): Promise<void>
}
