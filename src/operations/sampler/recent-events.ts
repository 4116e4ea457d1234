import { ignoreRejection } from '../../core/async/callbacks.ts'
import type { Clock } from '../../core/clock.ts'
import type { ChangeFeed, FeedPage, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import type { RecentEvent } from '../model/operations.ts'

/** The newest events of a storage, read only while they are watched. */
export type RecentEvents = {
  /** The returned function ends it. */
  watch(): () => void
  /** Newest first. */
  list(): readonly RecentEvent[]
}

const MOST = 100

/**
 * Follows the feed from its end on while at least one watcher needs it. Each range is read at most once in `every`
 * milliseconds, and when more was appended than one page, the rest is skipped.
 *
 * @param signal ends watching
 */
export function createRecentEvents(
  feed: ChangeFeed,
  { clock, every, signal }: { readonly clock: Clock; readonly every: number; readonly signal: AbortSignal },
): RecentEvents {
  const watchers = new Set<symbol>()
  let events: readonly RecentEvent[] = []
  let ending: AbortController | undefined

  function add({ events: read }: FeedPage): void {
    const added = read.map(({ event: { stream, eventType, metadata } }) => ({
      streamId: stream.id,
      version: stream.version,
      type: eventType,
      id: metadata.eventId,
      recordedAt: metadata.recordedAt,
    }))
    const all = [...added.reverse(), ...events]
    events = all.sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : a.recordedAt > b.recordedAt ? -1 : 0)).slice(0, MOST)
  }

  async function followRange(range: FeedRange, ended: AbortSignal): Promise<void> {
    for (let from: FeedStart = 'now'; !ended.aborted; ) {
      const changed = feed.changed(ended, range)
      // It is awaited only if the page is the last one.
      ignoreRejection(changed)
      const page = await feed.read(range, from, { limit: MOST, signal: ended })
      if (ended.aborted) return
      add(page)
      from = page.caughtUp ? page.continuation : 'now'
      await clock.sleep(every, ended)
      if (page.caughtUp) await changed
    }
  }

  /** Until watching ends: after a failure, or when a range was split, it begins again at the end. */
  async function follow(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const round = new AbortController()
      const either = AbortSignal.any([ended, round.signal])
      try {
        await Promise.all((await feed.ranges()).map((range) => followRange(range, either)))
      } catch {
        round.abort()
        await clock.sleep(every, ended)
      }
    }
  }

  return {
    watch() {
      const watcher = Symbol()
      watchers.add(watcher)
      if (ending === undefined) {
        ending = new AbortController()
        follow(AbortSignal.any([ending.signal, signal]))
      }
      return () => {
        watchers.delete(watcher)
        if (watchers.size > 0) return
        ending?.abort()
        ending = undefined
        events = []
      }
    },
    list: () => events,
  }
}
