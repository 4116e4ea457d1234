import { concurrently } from '../async/concurrently.ts'
import { FeedRangeGone } from '../errors/feed.ts'
import type { ChangeFeed, FeedPage, FeedRange, FeedStart } from '../port/change-feed.ts'
import { containsInterval } from '../positions/hash-interval.ts'

/** Where reading a feed range begins, and up to which LSN; by default to its end. */
export type FeedInterval = { readonly range: FeedRange; readonly from: FeedStart; readonly upTo?: number }

/** How many feed ranges are read at once. */
export const RANGES_AT_ONCE = 4

/** A page that was read, or the parts that its range was split into. */
export type PageOrParts = FeedPage | { readonly parts: readonly FeedRange[] }

/** Reads a page. @throws as `ChangeFeed.read` does, except FeedRangeGone if the range was split */
export async function readPage(
  feed: ChangeFeed,
  range: FeedRange,
  from: FeedStart,
  signal: AbortSignal,
): Promise<PageOrParts> {
  try {
    return await feed.read(range, from, { signal })
  } catch (error) {
    if (!(error instanceof FeedRangeGone)) throw error
    const parts = (await feed.ranges()).filter((part) => containsInterval(range, part))
    if (parts.length === 0) throw error
    return { parts }
  }
}

/**
 * Reads intervals of the feed, each to its end. A split range continues as its parts.
 *
 * @param atOnce how many are read at once
 */
export async function readLog(
  feed: ChangeFeed,
  stretches: readonly FeedInterval[],
  signal: AbortSignal,
  each: (events: FeedPage['events']) => void | Promise<void>,
  atOnce = RANGES_AT_ONCE,
): Promise<void> {
  await concurrently(atOnce, stretches, async ({ range, from, upTo = Number.POSITIVE_INFINITY }, failed) => {
    for (let place = from; ; ) {
      signal.throwIfAborted()
      failed.throwIfAborted()
      const page = await readPage(feed, range, place, signal)
      if ('parts' in page) return page.parts.map((part) => ({ range: part, from: place, upTo }))
      await each(page.events.filter(({ position }) => position.lsn <= upTo))
      if (page.caughtUp || page.readTo >= upTo) return []
      place = page.continuation
    }
  })
}

/** All ranges of a feed from the start. */
export const wholeLog = async (feed: ChangeFeed): Promise<FeedInterval[]> =>
  (await feed.ranges()).map((range) => ({ range, from: 'start' }))

/** The approximate number of events after these checkpoints. */
export async function eventsAfter(feed: ChangeFeed, stretches: readonly FeedInterval[]): Promise<number> {
  let events = 0
  for (const { range, from } of stretches) {
    try {
      events += (await feed.lag(range, from)).events
    } catch (error) {
      // Reading on reports the split; a figure for display is not worth more effort.
      if (!(error instanceof FeedRangeGone)) throw error
    }
  }
  return events
}
