import type { Clock } from '../../core/clock.ts'

/**
 * Waits for work as long as there are signs of life.
 *
 * @param signs how many there have been so far
 * @param silence milliseconds without one; it may take twice as long until that is noticed
 * @param late creates the error that is thrown then
 * @throws what the work throws
 */
export async function whileAlive<T>(
  clock: Pick<Clock, 'sleep'>,
  work: Promise<T>,
  signs: () => number,
  silence: number,
  late: () => Error,
): Promise<T> {
  const settled = new AbortController()
  async function untilSilent(): Promise<never> {
    for (;;) {
      const seen = signs()
      await clock.sleep(silence, settled.signal)
      // The work has settled, so that this loses the race anyway.
      if (settled.signal.aborted) return new Promise<never>(() => {})
      if (signs() === seen) throw late()
    }
  }
  try {
    return await Promise.race([work, untilSilent()])
  } finally {
    settled.abort()
  }
}
