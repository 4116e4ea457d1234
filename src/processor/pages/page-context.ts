import type { Breathe } from '../../core/async/breathe.ts'
import type { Limiter } from '../../core/async/limiter.ts'
import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewSlices } from '../../core/positions/view-slices.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { FoldTarget } from '../../projections/fold.ts'
import type { Projection } from '../../projections/projection.ts'
import type { SkippedEvents } from '../parking/skipped-events.ts'
import type { Destination } from '../reactions/destination.ts'
import type { HandlerRetries } from './handler-retries.ts'
import type { ViewQueue } from './view-queue.ts'

/** What processing pages requires. */
export type PageContext = {
  readonly storage: Pick<
    StoragePort,
    'events' | 'writerSeal' | 'viewStore' | 'feed' | 'incarnation' | 'limits' | 'vault' | 'seals'
  >
  readonly clock: Clock
  /** The random source for jitter: from 0 inclusive to 1 exclusive. */
  readonly random: () => number
  /** Limits the concurrent saves of views in this processor. */
  readonly saves: Limiter
  /** Limits to one the concurrent handlers, in this processor, of events that may end its process. */
  readonly alone: Limiter
  /** Saves views that several ranges may write at once. */
  readonly viewQueue: ViewQueue
  readonly telemetry: Telemetry
  /** What the ranges of one projection share in this processor. */
  sharedBy(projection: Projection): SharedState
  /** The slices of a projection's views, if they are stored in parts. */
  slicesOf(projection: Projection): ViewSlices | undefined
  /** When a worker first ran a projection's version: ISO 8601 in UTC; unknown outside a processor. */
  sinceOf?(projection: Projection): string | undefined
  /** Await it between pieces of synchronous work. */
  readonly breathe: Breathe
  /** The approximate number of feed ranges: a view may have a tidemark for each. */
  rangeCount(): number
  /** Aborted when no further attempt is to be made. */
  readonly signal?: AbortSignal
  /** Called for each failure of a handler, including those that are retried. */
  onError?(
    error: unknown,
    where: {
      readonly projection: string
      readonly range: FeedRange
      readonly attempt: number
      readonly parks: boolean
      readonly acknowledged?: true
    },
  ): void
}

/** What the ranges of one projection or reaction share in a processor. */
export type SharedState = {
  readonly retries: HandlerRetries
  readonly skipped: SkippedEvents
  /** Calls the handlers of a reaction, over all ranges. */
  readonly destination: Destination
}

/** The attributes for measurements of a projection. */
export const attributesOf = ({ name, version }: Pick<Projection, 'name' | 'version'>) => ({
  'tidemark.projection': name,
  'tidemark.version': version,
})

/** How views are folded. @param bytesPerView the maximum size of a view's document as JSON, in bytes */
export const foldTargetOf = (
  { storage: { incarnation, seals } }: Pick<PageContext, 'storage'>,
  { fingerprint }: Projection,
  bytesPerView: number,
): FoldTarget => ({ incarnation, bytesPerView, ...(seals && { definition: fingerprint }) })
