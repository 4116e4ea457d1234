import { FeedRangeGone } from '../../../src/core/errors/feed.ts'
import type { Json } from '../../../src/core/json/json.ts'
import type { FeedEvent } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../src/core/port/view-store.ts'
import { itemsByKey } from '../../../src/projections/events-by-key.ts'
import type { Projection } from '../../../src/projections/projection.ts'

/** Every event of the feed, range after range. */
export async function wholeFeed(port: StoragePort): Promise<FeedEvent[]> {
  for (;;) {
    try {
      return await allOfFeed(port)
    } catch (error) {
      // The ranges may be told as they were some seconds ago.
      if (!(error instanceof FeedRangeGone)) throw error
    }
  }
}

async function allOfFeed(port: StoragePort): Promise<FeedEvent[]> {
  const all: FeedEvent[] = []
  for (const range of await port.feed.ranges()) {
    for (let from: string = 'start'; ; ) {
      const page = await port.feed.read(range, from, { limit: 500 })
      all.push(...page.events)
      from = page.continuation
      if (page.caughtUp) break
    }
  }
  return all
}

/** The views as a plain fold of the log gives them: no tidemark, no page, no storage. */
export async function plainFold(port: StoragePort, projection: Projection): Promise<Map<string, Json>> {
  const views = new Map<string, Json>()
  for (const [key, items] of await itemsByKey(projection, await wholeFeed(port))) {
    let view: unknown = null
    for (const { event } of items) view = projection.fold(key, view as never, event)
    if (view !== null) views.set(key, sorted(view as Json))
  }
  return views
}

/** The views as they are stored, without those that are gone. */
export async function storedViews(port: StoragePort, projection: Projection): Promise<Map<string, Json>> {
  const documents = await viewDocuments(port, projection)
  return new Map(documents.map(({ key, data }) => [key, sorted(data as Json)]))
}

async function viewDocuments(port: StoragePort, { name, version }: Projection): Promise<ViewDocument[]> {
  const documents: ViewDocument[] = []
  for (let after: string | undefined; ; ) {
    const page = await port.viewStore.query({ projection: name, version, limit: 1000, ...(after && { after }) })
    documents.push(...page.views.map(({ document }) => document))
    after = page.next
    if (after === undefined) return documents
  }
}

// Ranges are folded in any order, so the members of a view over several come in any order.
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner as Json)]),
  )
}
