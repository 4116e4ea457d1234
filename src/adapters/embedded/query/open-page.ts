import type { LastEvent } from '../../../core/adapters/continuation.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { fromText } from '../sqlite/text.ts'

/** A page of the feed while it is read. */
export type OpenPage = {
  readonly events: FeedEvent[]
  /** The last event that was read. */
  last: LastEvent | null
  /** The position of the last row of the append that was read last. */
  open: number
  /** The approximate size of what was read. */
  bytes: number
}

/**
 * Reads at most `count` rows between two positions into a page.
 *
 * @returns the position up to which there is nothing more to read
 */
export type TakeRows = (page: OpenPage, from: number, to: number, count: number) => number

/** The last event of a page, from columns of its row. */
export const lastOf = (streamId: string, version: number, eventId: string): LastEvent => ({
  streamId,
  version,
  eventId: fromText(eventId),
})
