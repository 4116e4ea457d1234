/**
 * Where the time comes from, so that tests decide it. Everything that stamps, waits or expires takes one.
 * The idea is SqlStreamStore's injected clock.
 */
export type Clock = {
  /** Milliseconds since 1970-01-01T00:00:00Z. It may jump, as wall clocks do. */
  now(): number
  /** Resolves after `milliseconds`, or at once when `signal` is aborted; it never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done, { once: true })
    }),
}
