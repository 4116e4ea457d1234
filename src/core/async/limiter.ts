/** Runs work when its turn comes, and settles as the work does. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Limits how much work runs at once. The rest waits in the order in which it came.
 *
 * @param most how many pieces of work may run at the same time, from 1
 */
export function limiter(most: number): Limiter {
  let free = most
  let waiting: (() => void)[] = []
  // The number of finished items at the front. The list is compacted once half of it is done, so a turn costs the same
  // however many wait.
  let taken = 0
  const next = () => {
    const resume = waiting[taken]
    if (resume === undefined) {
      free++
      return
    }
    taken++
    if (taken * 2 > waiting.length) {
      waiting = waiting.slice(taken)
      taken = 0
    }
    resume()
  }
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      next()
    }
  }
}
