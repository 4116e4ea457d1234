import { ignoreRejection } from '../../core/async/callbacks.ts'
import { FeedRangeGone } from '../../core/errors/feed.ts'
import type { ChangeFeed, FeedEvent, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { containsInterval } from '../../core/positions/hash-interval.ts'

export type FollowOptions = {
  readonly from: FeedStart
  /** Whether to wait at the end for what comes. */
  readonly follow: boolean
  readonly signal: AbortSignal
}

type Place = readonly [range: FeedRange, from: FeedStart]

/**
 * Passes the events of all ranges to `each`, one after another, until the signal is aborted or, without `follow`, until
 * the end of every range. A range that is split continues as its parts.
 */
export async function followFeed(
  feed: ChangeFeed,
  { from, follow, signal }: FollowOptions,
  each: (event: FeedEvent) => Promise<void>,
): Promise<void> {
  let places = (await feed.ranges()).map((range): Place => [range, from])
  while (!signal.aborted) {
    const ended = new AbortController()
    // Begun before anything is read, so that nothing is missed in between.
    const changed = follow ? feed.changed(AbortSignal.any([signal, ended.signal])) : undefined
    // It may fail during a read, before it is awaited.
    if (changed) ignoreRejection(changed)
    try {
      const { next, caughtUp } = await readOnce(places)
      places = next
      if (caughtUp && !follow) return
      if (caughtUp) await changed
    } finally {
      ended.abort()
      await changed
    }
  }

  async function readOnce(from: readonly Place[]): Promise<{ readonly next: Place[]; readonly caughtUp: boolean }> {
    const next: Place[] = []
    let caughtUp = true
    for (const [range, start] of from) {
      if (signal.aborted) break
      try {
        const page = await feed.read(range, start, { limit: 500 })
        for (const event of page.events) await each(event)
        next.push([range, page.continuation])
        caughtUp &&= page.caughtUp
      } catch (error) {
        if (!(error instanceof FeedRangeGone)) throw error
        const parts = (await feed.ranges()).filter((part) => containsInterval(range, part))
        next.push(...parts.map((part): Place => [part, start]))
        caughtUp = false
      }
    }
    return { next, caughtUp }
  }
}
