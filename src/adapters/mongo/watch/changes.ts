import { type Clock, systemClock } from '../../../core/clock.ts'

/** Those who wait for a change of one kind, and word for them. */
export class Changes {
  readonly #timing: Clock
  readonly #waiting = new Set<AbortController>()

  constructor(timing: Clock = systemClock) {
    this.#timing = timing
  }

  /** There may be more than before. */
  notify(): void {
    for (const waiting of this.#waiting) waiting.abort()
  }

  /** Resolves with the next word, after `milliseconds`, or when `signal` is aborted, whichever comes first. */
  async next(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const waiting = new AbortController()
    const end = () => waiting.abort()
    this.#waiting.add(waiting)
    signal.addEventListener('abort', end, { once: true })
    await this.#timing.sleep(milliseconds, waiting.signal)
    signal.removeEventListener('abort', end)
    this.#waiting.delete(waiting)
  }
}
