import { concurrently } from '../core/async/concurrently.ts'
import type { FeedEvent } from '../core/port/change-feed.ts'
import { TOMBSTONE } from '../core/port/event-document.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { endStream } from './copy-tombstone.ts'
import { toCopyable } from './to-new-event.ts'
import { type AppendTarget, writeAppend } from './write-append.ts'

const STREAMS_AT_ONCE = 32

/** Copies the events of a page: several streams concurrently, each in order and append by append. */
export async function copyPage(
  source: StoragePort,
  to: AppendTarget,
  events: readonly FeedEvent[],
  signal: AbortSignal,
): Promise<void> {
  const streams = Map.groupBy(events, ({ event }) => event.stream.id)
  await concurrently(STREAMS_AT_ONCE, streams, async ([streamId, ofStream], failed) => {
    for (const append of appendsOf(ofStream)) {
      signal.throwIfAborted()
      failed.throwIfAborted()
      const [first] = append as [FeedEvent]
      if (first.event.eventType === TOMBSTONE) await endStream(source, to.target, first)
      else {
        const copyable = append.map(({ event }) => toCopyable(event))
        await writeAppend(to, streamId, copyable)
      }
    }
    return []
  })
}

function appendsOf(events: readonly FeedEvent[]): FeedEvent[][] {
  const appends: FeedEvent[][] = []
  let last: FeedEvent | undefined
  for (const event of events) {
    if (event.appendId === last?.appendId) appends.at(-1)?.push(event)
    else appends.push([event])
    last = event
  }
  return appends
}
