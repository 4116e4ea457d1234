import type { Clock } from '../clock.ts'
import type { Continuation, FeedPage, FeedRange } from '../port/change-feed.ts'
import type { StoragePort } from '../port/storage.ts'
import type { Reading } from '../telemetry/telemetry.ts'

/**
 * What takes pages of the feed in a processor, range by range, under leases, and keeps its own progress: neither views
 * nor side effects of single events.
 */
export type FeedConsumer = {
  /** The name of its leases; it begins with `$`, so that it is not taken for a projection. */
  readonly name: string
  readonly version: number
  /** Starts it in a processor. @throws what it cannot start without */
  startConsuming(context: ConsumerContext): Promise<RunningConsumer>
}

/** What a consumer gets from its processor. */
export type ConsumerContext = {
  readonly storage: StoragePort
  readonly clock: Clock
  /** Aborted when the processor stops. */
  readonly signal: AbortSignal
  /** Reports a failure of work in the background; the processor continues. */
  failed(error: unknown): void
}

/** From where a range is read: null at the start, and the LSN up to which it was read before, or an earlier one. */
export type ConsumerCheckpoint = { readonly continuation: Continuation | null; readonly readTo: number }

/** A consumer at work. */
export type RunningConsumer = {
  /**
   * From where a range is read, each time that reading begins: null at the start, and the LSN up to which it was read
   * then. It may be the checkpoint of the lease, for a consumer that keeps no progress of its own.
   *
   * @param checkpoint that of the lease, which may be of another incarnation of the log
   * @param signal aborted when the lease has ended, or the range was paused; reading may begin again before, after a
   *   failure
   */
  beginsAt(
    range: FeedRange,
    checkpoint: ConsumerCheckpoint & { readonly incarnation: string },
    signal: AbortSignal,
  ): Promise<ConsumerCheckpoint>
  /**
   * Takes a page, which follows the one before it on that range. A page may come again, in part or as a whole, after a
   * lease changed hands.
   *
   * @param signal aborted when the lease has ended
   * @returns the number of events that were processed; everything up to the page's end is then durable
   */
  consume(range: FeedRange, page: FeedPage, signal: AbortSignal): Promise<number>
  /** What it measures when metrics are collected: of the ranges that this process owns, so that nothing counts twice. */
  gauges?(): Promise<readonly Reading[]>
  /** Resolves when nothing is running any more. The signal of the context was aborted before. */
  end(): Promise<void>
}

/** Whether something that a processor runs is a consumer. */
export const isFeedConsumer = (work: object): work is FeedConsumer => 'startConsuming' in work
