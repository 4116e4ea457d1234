import { canonicalTime } from '../../../core/events/recorded-time.ts'
import type { FeedLag, FeedRange } from '../../../core/port/change-feed.ts'
import type { Steps } from '../client/operation.ts'
import type { Place, Start } from './continuation.ts'
import type { RangePage, RangeReader } from './read-page.ts'
import { fromFirst } from './start.ts'

// If the lag is less than this many LSNs, the events are counted, at a cost of one unit each.
const COUNTED = 16
const PAGE = 32
// Pages may contain no events where a stream was erased.
const MOST_PAGES = 3

/**
 * Creates the function that measures the lag of a place. The first pending event and the head's LSN, which every
 * response contains, determine it for about two units, however large it is; only near the end are the events themselves
 * counted. The idea is the estimator's of the .NET SDK.
 */
export function lagReader(read: RangeReader) {
  return async (step: Steps, range: FeedRange, start: Start, atLeast?: number): Promise<FeedLag> => {
    const page = (from: Place, limit: number): Promise<RangePage> =>
      step((operation) => read(operation, range, from, limit, atLeast))
    const pendingOf = ({ events }: RangePage) => fromFirst(events, start.first)

    const first = await page(start, 1)
    const [next] = pendingOf(first)
    if (first.caughtUp) return lag(pendingOf(first).length, next?.event.metadata.recordedAt, first.head)
    if (next !== undefined && first.head - next.position.lsn >= COUNTED) {
      return lag(first.head - next.position.lsn + 1, next.event.metadata.recordedAt, first.head)
    }
    let [events, oldest, place]: [number, string | undefined, Place] = [0, undefined, start]
    for (let asked = 1; ; asked++) {
      const counted = await page(place, PAGE)
      const pending = pendingOf(counted)
      events += pending.length
      oldest ??= pending[0]?.event.metadata.recordedAt
      place = counted.place
      if (counted.caughtUp) return lag(events, oldest, counted.head)
      if (events >= PAGE || asked === MOST_PAGES) return lag(events + counted.head - place.readTo, oldest, counted.head)
    }
  }
}

const lag = (events: number, oldest: string | undefined, head: number): FeedLag => ({
  events,
  oldest: oldest === undefined ? null : canonicalTime(oldest),
  head,
})
