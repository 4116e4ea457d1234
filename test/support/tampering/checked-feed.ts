import type { FeedEvent, FeedStart } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'

/** What the feed returns of everything, with what is wrong with it. */
export type CheckedFeed = {
  readonly events: readonly FeedEvent[]
  /** The id of each event with a fault, and the fault. */
  readonly wrong: readonly (readonly [id: string, fault: string])[]
  /** What is wrong with the database itself. */
  readonly faults: readonly string[]
}

/** Reads the whole feed as one that looks for tampering does. @param limit of events in a page */
export async function checkedFeed(storage: StoragePort, limit = 1000): Promise<CheckedFeed> {
  const events: FeedEvent[] = []
  const faults = new Set<string>()
  for (const range of await storage.feed.ranges()) {
    let from: FeedStart = 'start'
    for (let caughtUp = false; !caughtUp; ) {
      const page = await storage.feed.read(range, from, { limit, asWritten: true })
      events.push(...page.events)
      if (page.fault !== undefined) faults.add(page.fault)
      from = page.continuation
      caughtUp = page.caughtUp
    }
  }
  const wrong = events.flatMap((one) => (one.fault === undefined ? [] : [[one.event.id, one.fault] as const]))
  return { events, wrong, faults: [...faults] }
}
