import type { Clock } from '../../../core/clock.ts'
import { TidemarkAheadOfLog } from '../../../core/errors/feed.ts'
import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import type { Operation } from '../client/operation.ts'
import type { StoredEvent } from '../documents.ts'
import type { Place } from './continuation.ts'
import { lsnOfEtag } from './etag.ts'
import { type EventDecoder, toFeedEvents } from './feed-events.ts'
import type { ServerPage } from './interval-pages.ts'
import type { ServerPages } from './server-pages.ts'

/** A page of a range, and the place after it. */
export type RangePage = {
  readonly events: readonly FeedEvent[]
  readonly place: Place
  readonly caughtUp: boolean
  readonly head: number
}

/**
 * Reads one page of the server after a place in a range; it may contain no events although there are more.
 *
 * @param atLeast an LSN that the responding replica must have, if the log contains it at all
 */
export type RangeReader = (
  operation: Operation,
  range: FeedRange,
  from: Place,
  limit: number,
  atLeast?: number,
) => Promise<RangePage>

/** What a reader calls if a response comes from a replica that lags behind the place. */
export type PrimaryCheck = {
  /** Asks the primary replica, so that the next response is at least as recent as now. */
  refresh(operation: Operation, range: FeedRange): Promise<void>
  /** @throws IncarnationMismatch if the container was replaced */
  assertSameContainer(operation: Operation): Promise<void>
}

// Milliseconds before a server that lags behind the place is asked again, doubled each time: about six seconds in all.
const FIRST_PAUSE = 25
const PATIENCE = 8

/**
 * Creates a reader of ranges.
 *
 * @param decode how documents are converted to events
 * @returns a function that throws FeedRangeGone if the range was split, TidemarkAheadOfLog if the place is past the
 *   log's end
 */
export function rangeReader(
  pages: ServerPages,
  timing: Clock,
  primary: PrimaryCheck,
  decode: EventDecoder = toFeedEvents,
): RangeReader {
  return async (operation, range, from, limit, atLeast = 0) => {
    for (let attempt = 0; ; attempt++) {
      const page = await pages.read(operation, range, from, limit)
      const wanted = Math.max(from.readTo, atLeast)
      const { head = wanted } = page
      if (wanted <= head) return toRangePage(page, range, from, decode)
      if (attempt === PATIENCE) {
        if (from.readTo <= head) return toRangePage(page, range, from, decode)
        // Neither a replica nor the primary has reached the place: the log was restored from an older copy, or
        // replaced.
        await primary.assertSameContainer(operation)
        throw new TidemarkAheadOfLog('The continuation', from.readTo, head)
      }
      await primary.refresh(operation, range)
      await timing.sleep(FIRST_PAUSE * 2 ** attempt, operation.signal)
    }
  }
}

/** Converts a server's page to one of a range, after a place in it. */
export function toRangePage(
  page: ServerPage<StoredEvent>,
  range: FeedRange,
  from: Place,
  decode: EventDecoder = toFeedEvents,
): RangePage {
  const { items, isEnd, shown } = page
  const events = decode(items, range)
  const named = lsnOfEtag(page.etag)
  const etag = named !== undefined && named < from.readTo ? from.etag : page.etag
  const reached = named ?? items.reduce((lsn, { _lsn }) => Math.max(lsn, Number(_lsn)), 0)
  const readTo = Math.max(from.readTo, reached, isEnd ? shown : 0)
  const head = page.head ?? readTo
  return { events, place: { etag, readTo }, caughtUp: isEnd || readTo >= head, head }
}
