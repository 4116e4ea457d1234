import type { Clock } from '../clock.ts'

/**
 * Waits for work that may hang. After so many milliseconds its result is abandoned, and an error is thrown instead.
 *
 * @param late creates that error
 * @throws what the work throws
 */
export async function withDeadline<T>(
  clock: Pick<Clock, 'sleep'>,
  milliseconds: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  const ended = new AbortController()
  const limit = clock.sleep(milliseconds, ended.signal).then((): never | Promise<never> => {
    // The work has settled, so that this loses the race anyway.
    if (ended.signal.aborted) return new Promise<never>(() => {})
    throw late()
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    ended.abort()
  }
}
