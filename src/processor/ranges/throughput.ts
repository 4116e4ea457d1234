import type { Clock } from '../../core/clock.ts'
import type { FeedPage } from '../../core/port/change-feed.ts'

/** How far a range is behind: events that wait, or null where the database does not tell, and the time of the oldest. */
export type Lag = { readonly behind: number | null; readonly oldest: string | null }

/** How the work on a range gets on. */
export type Progress = {
  /** Events folded since it began; an event that concerns two views counts twice. */
  readonly folded: number
  /** Of those, how many a second lately. */
  readonly rate: number
  /** How far the range is behind, as of its last read. */
  readonly lag: Lag
  /** When the work got on last: milliseconds since 1970. */
  readonly at: number
  /** Notes that a page was read and is being worked on. */
  reading(page: FeedPage): void
  /** Notes that the work got on, by so many events, which may be none: the page that was read is done. */
  note(folded: number): void
}

// Over about so many milliseconds the rate is taken; older ones count less and less.
const WINDOW = 10_000

/** Makes the meter of a range; it begins now. */
export function createProgress(clock: Clock): Progress {
  let folded = 0
  let rate = 0
  let at = clock.now()
  let lag: Lag = { behind: null, oldest: null }
  let rest = lag
  const faded = (now: number) => rate * Math.exp(-Math.max(0, now - at) / WINDOW)
  return {
    get folded() {
      return folded
    },
    get rate() {
      return (faded(clock.now()) * 1000) / WINDOW
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
    note(count) {
      lag = rest
      const now = clock.now()
      rate = faded(now) + count
      folded += count
      at = now
    },
  }
}
