import type { Clock } from '../../core/clock.ts'

/** Sleeps until the first of many times, by a clock. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #at = Number.POSITIVE_INFINITY
  #sleep: AbortController | undefined
  #isOff = false

  /** @param ring called when the time has come; it may call `wakeBy` for the next one */
  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** @param time milliseconds since 1970; `Infinity` for never */
  wakeBy(time: number): void {
    if (this.#isOff || !(time < this.#at)) return
    this.#sleep?.abort()
    const sleep = new AbortController()
    this.#sleep = sleep
    this.#at = time
    this.#clock.sleep(Math.max(0, time - this.#clock.now()), sleep.signal).then(() => {
      if (sleep.signal.aborted) return
      this.#at = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }

  off(): void {
    this.#isOff = true
    this.#sleep?.abort()
  }
}
