/**
 * The source of time, so that tests can control it. Everything that stamps, waits or expires takes one. The idea is
 * SqlStreamStore's injected clock.
 */
export type Clock = {
  /** Milliseconds since 1970-01-01T00:00:00Z. It may jump, as wall clocks do. */
  now(): number
  /**
   * Resolves after `milliseconds`, however many, `Infinity` included, or at once when `signal` is aborted; it never
   * rejects.
   */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** A Node timer with a longer delay in milliseconds than this fires after one. */
export const LONGEST_TIMER = 2 ** 31 - 1

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
      let left = milliseconds
      let timer: NodeJS.Timeout
      const sleepOn = () => {
        const piece = Math.min(left, LONGEST_TIMER)
        left -= piece
        timer = setTimeout(left > 0 ? sleepOn : done, piece)
      }
      sleepOn()
      signal?.addEventListener('abort', done, { once: true })
    }),
}
