import { type Clock, systemClock } from '../clock.ts'

/** Waiters for a change, and notifications for them, so that they need not wait for the next poll. */
export class Changes {
  readonly #timing: Clock
  readonly #waiting = new Set<AbortController>()
  #count = 0

  /** @param timing the timer to wait with */
  constructor(timing: Clock = systemClock) {
    this.#timing = timing
  }

  /** The number of notifications so far. */
  get count(): number {
    return this.#count
  }

  /** Notifies the waiters: there may be more than before. */
  notify(): void {
    this.#count++
    for (const waiting of this.#waiting) waiting.abort()
  }

  /**
   * Resolves with the next notification, after `milliseconds`, or when `signal` is aborted, whichever comes first.
   *
   * @param since an earlier count: notifications after it count too
   */
  async next(milliseconds: number, signal: AbortSignal, since: number = this.#count): Promise<void> {
    if (signal.aborted || since < this.#count) return
    const waiting = new AbortController()
    const end = () => waiting.abort()
    this.#waiting.add(waiting)
    signal.addEventListener('abort', end, { once: true })
    await this.#timing.sleep(milliseconds, waiting.signal)
    signal.removeEventListener('abort', end)
    this.#waiting.delete(waiting)
  }
}
