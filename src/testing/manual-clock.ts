import type { Clock } from '../core/clock.ts'

/** A clock that only moves when the test moves it. */
export type ManualClock = Clock & {
  /** Moves the time by `milliseconds`, back as well as forth, and ends the sleeps that are over. */
  advance(milliseconds: number): void
  /** Sets the time, in milliseconds since 1970. */
  set(now: number): void
  /** How many sleeps wait for the time to move. */
  readonly sleeping: number
}

/**
 * Creates a clock for tests.
 *
 * @param start milliseconds since 1970; by default 2026-01-01T00:00:00Z
 */
export function manualClock(start: number = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start
  const sleeps = new Set<{ readonly until: number; readonly wake: () => void }>()
  const set = (now: number) => {
    time = now
    for (const sleep of [...sleeps].sort((a, b) => a.until - b.until)) if (sleep.until <= time) sleep.wake()
  }
  return {
    now: () => time,
    set,
    advance: (milliseconds) => set(time + milliseconds),
    get sleeping() {
      return sleeps.size
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (milliseconds <= 0 || signal?.aborted) return resolve()
        const wake = () => {
          sleeps.delete(sleep)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleep = { until: time + milliseconds, wake }
        sleeps.add(sleep)
        signal?.addEventListener('abort', wake, { once: true })
      }),
  }
}
