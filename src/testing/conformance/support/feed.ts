import assert from 'node:assert/strict'
import type { Continuation, FeedEvent, FeedPage, FeedRange } from '../../../core/port/change-feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { ENOUGH } from './events.ts'

/** Reads a range page by page until it is caught up. */
export async function pagesOf(
  storage: StoragePort,
  range: FeedRange,
  from: Parameters<StoragePort['feed']['read']>[1] = 'start',
  limit?: number,
): Promise<FeedPage[]> {
  const pages: FeedPage[] = []
  let next = from
  while (pages.length < ENOUGH) {
    const page = await storage.feed.read(range, next, limit === undefined ? {} : { limit })
    pages.push(page)
    if (page.caughtUp) return pages
    next = page.continuation
  }
  assert.fail(`Range [${range.min}, ${range.max}) is not caught up after ${ENOUGH} pages`)
}

/** The events of a range after a position. An adapter may return them in any number of pages. */
export async function eventsIn(
  storage: StoragePort,
  range: FeedRange,
  from?: Parameters<StoragePort['feed']['read']>[1],
): Promise<FeedEvent[]> {
  return (await pagesOf(storage, range, from)).flatMap(({ events }) => events)
}

/** All events of the feed, range after range. */
export async function wholeFeed(storage: StoragePort): Promise<FeedEvent[]> {
  return follow(storage).next()
}

/** A reader of the feed that resumes where it left off. */
export type Follower = {
  /** The events since the last call, range after range. */
  next(): Promise<FeedEvent[]>
}

/** Follows the feed from its start. */
export function follow(storage: StoragePort, limit?: number): Follower {
  const places = new Map<string, Continuation>()
  return {
    async next() {
      const found: FeedEvent[] = []
      for (const range of await storage.feed.ranges()) {
        const key = `${range.min}-${range.max}`
        const pages = await pagesOf(storage, range, places.get(key) ?? 'start', limit)
        places.set(key, (pages.at(-1) as FeedPage).continuation)
        found.push(...pages.flatMap(({ events }) => events))
      }
      return found
    },
  }
}

/** The range in which the feed returns a stream. @throws RangeError if it returns nothing of it */
export async function rangeOfStream(storage: StoragePort, streamId: string): Promise<FeedRange> {
  const found = (await wholeFeed(storage)).find(({ event }) => event.stream.id === streamId)
  if (found === undefined) throw new RangeError(`The feed returns nothing of ${streamId}`)
  return found.range
}
