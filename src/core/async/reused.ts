import type { Clock } from '../clock.ts'

/**
 * Creates a function that reads something, and returns the same result to all who ask within a while. The next one reads
 * again after a reading that failed, and when the clock was set back.
 *
 * @param milliseconds how long a result is returned again
 */
export function reused<T>(clock: Pick<Clock, 'now'>, milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly result: Promise<T> } | undefined
  return () => {
    const now = clock.now()
    if (last !== undefined && Math.abs(now - last.at) < milliseconds) return last.result
    const reading = { at: now, result: read() }
    last = reading
    reading.result.catch(() => {
      if (last === reading) last = undefined
    })
    return reading.result
  }
}
