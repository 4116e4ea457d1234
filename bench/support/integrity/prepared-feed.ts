import type { ChangeFeed, EventDocument, FeedPage } from '../../../src/core/index.ts'

/** A feed whose pages are in memory, so that reading them costs nothing. */
export async function preparedFeed(feed: ChangeFeed): Promise<{ feed: ChangeFeed; documents: EventDocument[] }> {
  const ranges = await feed.ranges()
  const pages = new Map<string, FeedPage>()
  const documents: EventDocument[] = []
  for (const range of ranges) {
    for (let from = 'start'; ; ) {
      const page = await feed.read(range, from)
      pages.set(`${range.min} ${from}`, page)
      for (const { event } of page.events) documents.push(event)
      if (page.caughtUp) {
        pages.set(`${range.min} ${page.continuation}`, { ...page, events: [] })
        break
      }
      from = page.continuation
    }
  }
  const prepared: ChangeFeed = {
    ...feed,
    ranges: async () => ranges,
    read: async ({ min }, from) => pages.get(`${min} ${String(from)}`) as FeedPage,
  }
  return { feed: prepared, documents }
}
