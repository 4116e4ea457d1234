import type { Clock } from '../core/clock.ts'

/** How the work on a range gets on. */
export type Progress = {
  /** Events folded since it began; an event that concerns two views counts twice. */
  readonly folded: number
  /** Of those, how many a second lately. */
  readonly rate: number
  /** When the work got on last: milliseconds since 1970. */
  readonly at: number
  /** Notes that the work got on, by so many events, which may be none. */
  note(folded: number): void
}

// Over about so many milliseconds the rate is taken; older ones count less and less.
const WINDOW = 10_000

/** Makes the meter of a range; it begins now. */
export function createProgress(clock: Clock): Progress {
  let folded = 0
  let rate = 0
  let at = clock.now()
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
    note(count) {
      const now = clock.now()
      rate = faded(now) + count
      folded += count
      at = now
    },
  }
}
