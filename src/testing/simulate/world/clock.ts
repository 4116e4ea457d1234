import type { Clock } from '../../../core/clock.ts'
import type { Actor, Scheduler } from './scheduler.ts'

/** A clock in virtual time that is off by `skew` milliseconds. */
export type SkewedClock = Clock & { skew: number }

// Any day will do; it makes times readable in a trace.
const EPOCH = Date.UTC(2026, 0, 1)

/** The clock of an actor: its sleeps end when the scheduler decides, and never once it has crashed. */
export function createClock(scheduler: Scheduler, actor?: Actor): SkewedClock {
  const clock: SkewedClock = {
    skew: 0,
    now: () => EPOCH + Math.floor(scheduler.now) + clock.skew,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const done = () => {
          cancel()
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const cancel = scheduler.after(milliseconds, actor, done)
        signal?.addEventListener('abort', done, { once: true })
      }),
  }
  return clock
}
