import type { FeedConsumer, RunningConsumer } from '../../core/feed/consumer.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { PageContext } from '../pages/page-context.ts'
import type { VersionNotice } from '../versions/version-notice.ts'
import type { OpenReader } from './shared-readers.ts'

/** Where a failure happened: see its members; empty for a failure of the leases themselves. */
export type FailurePlace = {
  readonly projection?: string
  readonly range?: FeedRange
  /** Which attempt of a handler failed, from 1; absent where no handler did. */
  readonly attempt?: number
  /** Whether that was the last attempt, so that the event and what follows it in its sequence are parked. */
  readonly parks?: boolean
  /** The event was acknowledged in spite of the failure, so it is not tried again. */
  readonly acknowledged?: true
  /** What failed was to finish forgetting a person; it is tried again. */
  readonly forgetting?: true
}

/** What all range workers of a processor share. */
export type RangeContext = PageContext & {
  readonly storage: StoragePort
  readonly workerId: string
  /** After how many milliseconds without progress a range that is behind is stalled. */
  readonly stalledAfter: number
  /** After how many milliseconds a reaction that waits for its destination is shown as waiting. */
  readonly waitingAfter: number
  /** Aborted when the processor stops. */
  readonly signal: AbortSignal
  /** Keeps running work after the work on a range has ended, until the processor has stopped. */
  inBackground(work: Promise<unknown>): void
  readerOf(range: FeedRange): OpenReader
  consumerOf(consumer: FeedConsumer): RunningConsumer
  onError(error: unknown, where: FailurePlace): void
  onNotice(notice: VersionNotice): void
}
