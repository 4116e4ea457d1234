import type { FeedEvent, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { comparePositions, type Position } from '../../../core/positions/position.ts'
import type { Steps } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { refreshRange } from '../streams/refresh.ts'
import { decodeContinuation, type Start } from './continuation.ts'
import type { RangeReader } from './read-page.ts'
import type { ServerPages } from './server-pages.ts'
import { timeFinder } from './start-at-time.ts'

/** Creates the function that finds where reading of a range begins. */
export function startFinder(handle: Handle, pages: ServerPages, read: RangeReader) {
  const fromTime = timeFinder(handle, pages, read)

  return async (step: Steps, range: FeedRange, from: FeedStart): Promise<Start> => {
    if (from === 'start') return { etag: '', readTo: 0 }
    if (from === 'now') {
      await step((operation) => refreshRange(operation, handle, range))
      return { etag: '*', readTo: 0 }
    }
    if (from instanceof Date) return fromTime(step, range, from)
    return decodeContinuation(from, range, handle.incarnation)
  }
}

/** The events at which reading is to begin, and later ones. */
export const fromFirst = (events: readonly FeedEvent[], first: Position | undefined): readonly FeedEvent[] =>
  first === undefined ? events : events.filter(({ position }) => comparePositions(position, first) >= 0)
