import type { Clock } from '../../../core/clock.ts'
import { TidemarkAheadOfLog } from '../../../core/errors/feed.ts'
import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import type { Operation } from '../client/request.ts'
import type { Place } from './continuation.ts'
import { lsnOfEtag } from './etag.ts'
import { toFeedEvents } from './feed-events.ts'
import type { Demand } from './iterators.ts'
import type { ServerPage, ServerPages } from './server-pages.ts'

/** A page of a range, and the place behind it. */
export type RangePage = {
  readonly events: readonly FeedEvent[]
  readonly place: Place
  readonly caughtUp: boolean
  readonly head: number
}

/**
 * Reads one page of the server behind a place of a range; it may be without events although there are more.
 *
 * @param atLeast an LSN that whoever answers shall know, if it is there at all
 */
export type RangeReader = (
  operation: Operation,
  range: FeedRange,
  from: Place,
  limit: number,
  atLeast?: number,
) => Promise<RangePage>

// Milliseconds before a server that is behind the place is asked again, twice as long each time: about six seconds.
const FIRST_PAUSE = 25
const PATIENCE = 8

/**
 * Makes the reader of ranges.
 *
 * @returns what throws FeedRangeGone when the range was split, TidemarkAheadOfLog when the place is past the log's end
 */
export function rangeReader(pages: ServerPages, timing: Clock): RangeReader {
  return async (operation, range, from, limit, atLeast = 0) => {
    let demand: Demand | undefined
    for (let attempt = 0; ; attempt++) {
      const page = await pages.read(operation, range, from.etag, limit, demand)
      const wanted = Math.max(from.readTo, atLeast)
      const { head = wanted, isStale, partition } = page
      // A replica may be behind for a moment; only a log that stays behind was restored from an older copy.
      if (attempt === PATIENCE && from.readTo > head)
        throw new TidemarkAheadOfLog('The continuation', from.readTo, head)
      if (attempt === PATIENCE || (wanted <= head && !isStale)) return toRangePage(page, range, from)
      if (wanted > head) demand = { partition, lsn: wanted }
      await timing.sleep(FIRST_PAUSE * 2 ** attempt, operation.signal)
    }
  }
}

function toRangePage(page: ServerPage, range: FeedRange, from: Place): RangePage {
  const { items, isEnd, shown } = page
  const events = toFeedEvents(items, range)
  const named = lsnOfEtag(page.etag)
  const etag = named !== undefined && named < from.readTo ? from.etag : page.etag
  const reached = named ?? items.reduce((lsn, { _lsn }) => Math.max(lsn, Number(_lsn)), 0)
  const readTo = Math.max(from.readTo, reached, isEnd ? shown : 0)
  const head = page.head ?? readTo
  return { events, place: { etag, readTo }, caughtUp: isEnd || readTo >= head, head }
}
