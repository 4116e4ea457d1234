import type { FeedRange } from '../core/port/change-feed.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { PageContext } from './page.ts'
import type { RangeReader } from './range-reader.ts'

/** What all tracks of a processor share. */
export type TrackContext = PageContext & {
  readonly storage: StoragePort
  readonly workerId: string
  /** Aborted when the processor stops. */
  readonly signal: AbortSignal
  readerOf(range: FeedRange): RangeReader
  onError(error: unknown, where: { readonly projection: string; readonly range: FeedRange }): void
}
