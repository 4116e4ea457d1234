import type { Clock } from '../../core/clock.ts'
import type { FeedPage } from '../../core/port/change-feed.ts'

/**
 * The lag of a range: the number of events not yet processed, or null if the database does not provide it, and the time
 * of the oldest.
 */
export type Lag = { readonly behind: number | null; readonly oldest: string | null }

/** The lag of a range of which nothing is known. */
export const UNKNOWN_LAG: Lag = { behind: null, oldest: null }

/** The progress of the work on a range. */
export type Progress = {
  /** Events folded since it began; an event that concerns two views counts twice. */
  readonly folded: number
  /** The recent rate of those, in events per second. */
  readonly rate: number
  /** The lag of the range, as of its last read. */
  readonly lag: Lag
  /** When the work last made progress: milliseconds since 1970. */
  readonly at: number
  /** Records that a page was read and is being processed. */
  reading(page: FeedPage): void
  /** Records the lag of a paused range, which reads nothing. */
  paused(now: Lag): void
  /** Records progress by a number of events, which may be 0: the page that was read is done. */
  note(folded: number): void
}

// The time over which the rate is averaged, in milliseconds; older events count less and less.
const WINDOW = 10_000

/** What is left of a rate after a time without progress. @param milliseconds a time before 0 counts as 0 */
export const faded = (rate: number, milliseconds: number): number =>
  rate * Math.exp(-Math.max(0, milliseconds) / WINDOW)

/** Creates the meter of a range, starting now. */
export function createProgress(clock: Clock): Progress {
  let folded = 0
  // Events of the window, as of the last progress.
  let recent = 0
  let at = clock.now()
  let lag = UNKNOWN_LAG
  let rest = lag
  return {
    get folded() {
      return folded
    },
    get rate() {
      return (faded(recent, clock.now() - at) * 1000) / WINDOW
    },
    get at() {
      return at
    },
    get lag() {
      return lag
    },
    reading({ events, caughtUp, behind = caughtUp ? 0 : null }) {
      const [first, last] = [events[0], events.at(-1)]
      rest = { behind, oldest: caughtUp ? null : (last?.event.metadata.recordedAt ?? null) }
      lag = {
        behind: behind === null ? null : events.length + behind,
        oldest: first?.event.metadata.recordedAt ?? rest.oldest,
      }
    },
    paused(now) {
      rest = now
      lag = now
    },
    note(count) {
      lag = rest
      const now = clock.now()
      recent = faded(recent, now - at) + count
      folded += count
      at = now
    },
  }
}
