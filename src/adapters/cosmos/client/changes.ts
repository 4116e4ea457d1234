import type { Clock } from '../../../core/clock.ts'

/** Word of what this handle itself committed, so that whoever waits for a change need not wait for the next poll. */
export class Changes {
  readonly #timing: Clock
  readonly #waiting = new Set<AbortController>()
  #count = 0

  constructor(timing: Clock) {
    this.#timing = timing
  }

  /** How often something was committed. */
  get count(): number {
    return this.#count
  }

  /** Something was committed. */
  notify(): void {
    this.#count++
    for (const waiting of this.#waiting) waiting.abort()
  }

  /**
   * Resolves with the next commit, after `milliseconds`, or when `signal` is aborted, whichever comes first.
   *
   * @param since a count from before: what was committed after it counts too
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
