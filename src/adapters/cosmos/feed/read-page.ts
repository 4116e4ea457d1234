import type { Clock } from '../../../core/clock.ts'
import { TidemarkAheadOfLog } from '../../../core/errors/feed.ts'
import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import type { Operation } from '../client/operation.ts'
import type { StoredEvent } from '../documents.ts'
import type { Place } from './continuation.ts'
import { lsnOfEtag } from './etag.ts'
import { toFeedEvents } from './feed-events.ts'
import type { ServerPage } from './interval-pages.ts'
import type { ServerPages } from './server-pages.ts'

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
 * @param atLeast an LSN that the answering replica shall have, if it is there at all
 */
export type RangeReader = (
  operation: Operation,
  range: FeedRange,
  from: Place,
  limit: number,
  atLeast?: number,
) => Promise<RangePage>

/** What a reader asks where an answer comes from a replica that is behind the place. */
export type PrimaryCheck = {
  /** Asks the primary replica, so that the next answer is at least as new as this moment. */
  refresh(operation: Operation, range: FeedRange): Promise<void>
  /** @throws IncarnationMismatch when the container was replaced */
  assertSameContainer(operation: Operation): Promise<void>
}

// Milliseconds before a server that is behind the place is asked again, twice as long each time: about six seconds.
const FIRST_PAUSE = 25
const PATIENCE = 8

/**
 * Makes the reader of ranges.
 *
 * @returns what throws FeedRangeGone when the range was split, TidemarkAheadOfLog when the place is past the log's end
 */
export function rangeReader(pages: ServerPages, timing: Clock, primary: PrimaryCheck): RangeReader {
  return async (operation, range, from, limit, atLeast = 0) => {
    for (let attempt = 0; ; attempt++) {
      const page = await pages.read(operation, range, from, limit)
      const wanted = Math.max(from.readTo, atLeast)
      const { head = wanted } = page
      if (wanted <= head) return toRangePage(page, range, from)
      if (attempt === PATIENCE) {
        if (from.readTo <= head) return toRangePage(page, range, from)
        // Neither a replica nor the primary has come that far: the log was restored from an older copy, or replaced.
        await primary.assertSameContainer(operation)
        throw new TidemarkAheadOfLog('The continuation', from.readTo, head)
      }
      await primary.refresh(operation, range)
      await timing.sleep(FIRST_PAUSE * 2 ** attempt, operation.signal)
    }
  }
}

/** A server's page as one of a range, behind a place of it. */
export function toRangePage(page: ServerPage<StoredEvent>, range: FeedRange, from: Place): RangePage {
  const { items, isEnd, shown } = page
  const events = toFeedEvents(items, range)
  const named = lsnOfEtag(page.etag)
  const etag = named !== undefined && named < from.readTo ? from.etag : page.etag
  const reached = named ?? items.reduce((lsn, { _lsn }) => Math.max(lsn, Number(_lsn)), 0)
  const readTo = Math.max(from.readTo, reached, isEnd ? shown : 0)
  const head = page.head ?? readTo
  return { events, place: { etag, readTo }, caughtUp: isEnd || readTo >= head, head }
}
