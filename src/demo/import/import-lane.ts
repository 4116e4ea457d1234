/** Work that is done item by item, in order, while other lanes do theirs. */
export type Lane<T> = {
  /** Adds an item; resolves when the lane can take more. @throws what the work threw, and goes no further then */
  push(item: T): Promise<void>
  /** Resolves when everything is done. @throws as `push` does */
  done(): Promise<void>
}

/**
 * Makes a lane.
 *
 * @param work what is done with an item
 * @param most how many items may wait, so that a fast reader fills no memory
 */
export function lane<T>(work: (item: T) => Promise<void>, most: number): Lane<T> {
  let last: Promise<void> = Promise.resolve()
  const waiting: Promise<void>[] = []
  return {
    async push(item) {
      last = last.then(() => work(item))
      // Whoever pushes next, or waits for the end, is told; until then a failure is nobody's yet.
      last.catch(() => undefined)
      waiting.push(last)
      if (waiting.length > most) await waiting.shift()
    },
    done: () => last,
  }
}
