import type { LimitFunction } from 'p-limit'
import type { Clock } from '../core/clock.ts'
import type { FeedRange } from '../core/port/change-feed.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { Telemetry } from '../core/telemetry.ts'
import type { Projection } from '../projections/projection.ts'
import type { Turns } from './turns.ts'

/** What folding pages needs. */
export type PageContext = {
  readonly storage: Pick<StoragePort, 'viewStore' | 'feed' | 'incarnation' | 'limits'>
  readonly clock: Clock
  /** Chance, for pauses: from 0 inclusive to 1 exclusive. */
  readonly random: () => number
  /** Bounds the saves of the whole processor that are under way at once. */
  readonly saves: LimitFunction
  readonly turns: Turns
  readonly telemetry: Telemetry
  /** Aborted when no further attempt shall be made. */
  readonly signal?: AbortSignal
  /** Is told of each failure of a handler, those that are tried again included. */
  onError?(error: unknown, where: { readonly projection: string; readonly range: FeedRange }): void
}

/** What measurements of a projection are told apart by. */
export const attributesOf = ({ name, version }: Pick<Projection, 'name' | 'version'>) => ({
  'tidemark.projection': name,
  'tidemark.version': version,
})
