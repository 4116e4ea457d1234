/**
 * Lets appends of one handle into a stream one at a time. Those that would take any version need not race each other:
 * each that loses must look and write again, so that many at once cost the square of their number.
 */
export class StreamGate {
  readonly #last = new Map<string, Promise<void>>()

  /**
   * Does some work when all that came before for the same stream is done.
   *
   * @param signal ends the waiting; then the work is begun at once, to tell why it cannot be done
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
