import type { FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import { TIMER_SCHEDULED } from '../../core/port/event-document.ts'
import type { StoragePort } from '../../core/port/storage.ts'

// Milliseconds by which clocks may differ, or a query may lag behind the feed.
const MARGIN = 600_000

/**
 * A first page of a range that has everything of it about timers before its end, or behind it: a log may be long before
 * it gets its first timer, and need not be read for that.
 *
 * @param now milliseconds since 1970
 */
export async function firstPage(
  { events, feed }: Pick<StoragePort, 'events' | 'feed'>,
  range: FeedRange,
  now: number,
  signal: AbortSignal,
): Promise<FeedPage> {
  let first = now
  for await (const { metadata } of events.query({ types: [TIMER_SCHEDULED], limit: 1, signal })) {
    first = Math.min(first, Date.parse(metadata.recordedAt))
  }
  return feed.read(range, new Date(Math.max(0, first - MARGIN)), { limit: 1_000, signal })
}
