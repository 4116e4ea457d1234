import type { Breathe } from '../../core/async/breathe.ts'
import type { Limiter } from '../../core/async/limiter.ts'
import type { Clock } from '../../core/clock.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewSlices } from '../../core/positions/view-slices.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { Projection } from '../../projections/projection.ts'
import type { SkippedEvents } from '../parking/skipped-events.ts'
import type { HandlerRetries } from './handler-retries.ts'
import type { ViewQueue } from './view-queue.ts'

/** What working on pages needs. */
export type PageContext = {
  readonly storage: Pick<StoragePort, 'viewStore' | 'feed' | 'incarnation' | 'limits'>
  readonly clock: Clock
  /** Chance, for pauses: from 0 inclusive to 1 exclusive. */
  readonly random: () => number
  /** Bounds the views of the processor that are saved at once. */
  readonly saves: Limiter
  /** Through it views are saved that several ranges may write at once. */
  readonly viewQueue: ViewQueue
  readonly telemetry: Telemetry
  /** What the ranges of one projection share in this processor. */
  sharedBy(projection: Projection): SharedState
  /** The slices that the views of a projection are stored by, where they are stored in parts. */
  slicesOf(projection: Projection): ViewSlices | undefined
  /** To be awaited between pieces of synchronous work. */
  readonly breathe: Breathe
  /** About how many feed ranges there are: a view may have a tidemark for each. */
  rangeCount(): number
  /** Aborted when no further attempt shall be made. */
  readonly signal?: AbortSignal
  /** Is told of each failure of a handler, those that are tried again included. */
  onError?(error: unknown, where: { readonly projection: string; readonly range: FeedRange }): void
}

/** What the ranges of one projection or reaction share in a processor. */
export type SharedState = {
  readonly retries: HandlerRetries
  readonly skipped: SkippedEvents
  /** Bounds the handlers of a reaction that run at once, on whatever ranges. */
  readonly handlers: Limiter
}

/** What measurements of a projection are told apart by. */
export const attributesOf = ({ name, version }: Pick<Projection, 'name' | 'version'>) => ({
  'tidemark.projection': name,
  'tidemark.version': version,
})
