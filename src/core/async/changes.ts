import { type Clock, systemClock } from '../clock.ts'

/** Those who wait for a change, and word for them, so that they need not wait for the next poll. */
export class Changes {
  readonly #timing: Clock
  readonly #waiting = new Set<AbortController>()
  #count = 0

  /** @param timing what waits */
  constructor(timing: Clock = systemClock) {
    this.#timing = timing
  }

  /** How often there was word. */
  get count(): number {
    return this.#count
  }

  /** There may be more than before. */
  notify(): void {
    this.#count++
    for (const waiting of this.#waiting) waiting.abort()
  }

  /**
   * Resolves with the next word, after `milliseconds`, or when `signal` is aborted, whichever comes first.
   *
   * @param since a count from before: what was told after it counts too
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
