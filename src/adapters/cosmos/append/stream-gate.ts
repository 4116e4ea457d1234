/**
 * Lets appends of one handle into a stream one at a time. Appends that accept any version should not race each other:
 * each loser must query and write again, so that the cost of many concurrent ones is the square of their number.
 */
export class StreamGate {
  readonly #last = new Map<string, Promise<void>>()

  /**
   * Runs work after all earlier work for the same stream is done.
   *
   * @param signal ends the wait; then the work starts at once, to report why it cannot be done
   */
  async run<T>(streamId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(streamId)
    const { promise: done, resolve: end } = Promise.withResolvers<void>()
    const mine = before === undefined ? done : before.then(() => done)
    this.#last.set(streamId, mine)
    try {
      if (before !== undefined) await Promise.race([before, aborted(signal)])
      return await work()
    } finally {
      end()
      if (this.#last.get(streamId) === mine) this.#last.delete(streamId)
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
