import { FeedRangeGone } from '../../core/errors/feed.ts'
import type { ChangeFeed, FeedRange } from '../../core/port/change-feed.ts'
import { assertFeedStart, feedLimitOf } from '../../core/read-options.ts'
import { encodeContinuation, type Place } from './feed/continuation.ts'
import { feedRanges } from './feed/ranges.ts'
import { rangeReader } from './feed/read-page.ts'
import { serverPages } from './feed/server-pages.ts'
import { fromFirst, startFinder } from './feed/start.ts'
import type { Steps } from './feed/steps.ts'
import type { Handle } from './handle.ts'

// A lag is counted in pages of so many; what is further behind is estimated by LSN.
const COUNTED = 100
const COUNTED_PAGES = 3

/**
 * The change feed: a feed range is a physical partition, or a part of one. The SDK would hide a split inside its
 * iterator, so each page is read by itself, with a continuation token for exactly the range; see `feed/server-pages`.
 */
export function changeFeed(handle: Handle): ChangeFeed {
  const ranges = feedRanges(handle)
  const pages = serverPages(handle, ranges)
  const readPage = rangeReader(pages, handle.timing)
  const startOf = startFinder(handle, ranges, pages, readPage)

  async function assertThere(step: Steps, range: FeedRange): Promise<void> {
    if (!(await ranges.has(step, range))) throw new FeedRangeGone(range)
  }

  return {
    async ranges() {
      handle.assertOpen()
      return ranges.now((work) => handle.run('feed.ranges', work))
    },

    async read(range, from, options = {}) {
      const limit = feedLimitOf(options)
      assertFeedStart(from)
      const { signal } = options
      signal?.throwIfAborted()
      const step: Steps = (work) => handle.run('feed.read', work, signal)
      await assertThere(step, range)
      const start = await startOf(step, range, from)
      let place: Place = start
      for (;;) {
        const page = await step((operation) => readPage(operation, range, place, limit))
        place = page.place
        const events = fromFirst(page.events, start.first)
        if (events.length === 0 && !page.caughtUp) continue
        const continuation = encodeContinuation(handle.incarnation, range, place)
        // Transactions that are left, each of one event at least.
        const behind = page.caughtUp ? 0 : Math.max(1, page.head - place.readTo)
        return { events, continuation, caughtUp: page.caughtUp, readTo: place.readTo, behind }
      }
    },

    async lag(range, from, { atLeast } = {}) {
      assertFeedStart(from)
      const step: Steps = (work) => handle.run('feed.lag', work)
      await assertThere(step, range)
      const start = await startOf(step, range, from)
      let place: Place = start
      let [events, oldest]: [number, string | null] = [0, null]
      for (let asked = 1; ; asked++) {
        const page = await step((operation) => readPage(operation, range, place, COUNTED, atLeast))
        const pending = fromFirst(page.events, start.first)
        place = page.place
        events += pending.length
        oldest ??= pending[0]?.event.metadata.recordedAt ?? null
        if (page.caughtUp) return { events, oldest, head: page.head }
        if (events >= COUNTED || asked === COUNTED_PAGES) {
          return { events: events + page.head - place.readTo, oldest, head: page.head }
        }
      }
    },

    async changed(signal) {
      handle.assertOpen()
      await handle.committed.events.next(handle.pollInterval, AbortSignal.any([signal, handle.closing]))
    },
  }
}
