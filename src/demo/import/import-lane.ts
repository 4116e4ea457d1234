/** Work that is done item by item, in order, while other lanes do theirs. */
export type Lane<T> = {
  /**
   * Adds an item; resolves when the lane can accept more. @throws what the work threw, and then processes nothing more
   */
  push(item: T): Promise<void>
  /** Resolves when everything is done. @throws as `push` does */
  done(): Promise<void>
}

/**
 * Creates a lane.
 *
 * @param work processes an item
 * @param most how many items may wait, so that a fast reader does not fill memory
 */
export function lane<T>(work: (item: T) => Promise<void>, most: number): Lane<T> {
  let last: Promise<void> = Promise.resolve()
  const waiting: Promise<void>[] = []
  return {
    async push(item) {
      last = last.then(() => work(item))
      // The next caller of push, or of the end, gets the failure; until then it must not count as unhandled.
      last.catch(() => undefined)
      waiting.push(last)
      if (waiting.length > most) await waiting.shift()
    },
    done: () => last,
  }
}
