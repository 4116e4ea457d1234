import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'

/** The time of a run. */
export type RunClock = Pick<ManualClock, 'now' | 'sleep'> & {
  /** Lets it stand still for good. */
  stop(): void
}

const TICK = 5
// What passes in one turn of the event loop, however long the machine took for it.
const MOST_A_TURN = 2 * TICK

/**
 * Begins the time of a run: as fast as that of the machine while this process is let run, and slower when it is not.
 * Otherwise a busy machine would let leases lapse between any two lines, for ever.
 */
export function beginRunClock(): RunClock {
  const clock = manualClock(Date.now())
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    clock.advance(Math.min(now - last, MOST_A_TURN))
    last = now
  }, TICK)
  return { now: () => Math.floor(clock.now()), sleep: clock.sleep, stop: () => clearInterval(timer) }
}
