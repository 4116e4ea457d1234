/** How long something was under way, however many at a time. */
export type Busy = {
  /** Counts the time until what `work` begins is over. */
  during<T>(work: () => Promise<T>): Promise<T>
  /** Counts the time of a call that answers at once. */
  at<T>(work: () => T): T
  /** Milliseconds so far. */
  readonly total: number
}

/** Makes a meter of the time in which at least one piece of work is under way. */
export function createBusy(): Busy {
  let total = 0
  let under = 0
  let begun = 0
  return {
    async during(work) {
      if (under++ === 0) begun = performance.now()
      try {
        return await work()
      } finally {
        if (--under === 0) total += performance.now() - begun
      }
    },
    at(work) {
      const start = performance.now()
      try {
        return work()
      } finally {
        total += performance.now() - start
      }
    },
    get total() {
      return total
    },
  }
}
