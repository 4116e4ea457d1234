/**
 * Processes items with limited concurrency. After a failure no further work starts, the signal of the running work is
 * aborted, and the failure is thrown once none is running any more.
 *
 * @param work may return further items
 * @throws the first failure
 */
export function concurrently<T>(
  atOnce: number,
  items: Iterable<T>,
  work: (item: T, signal: AbortSignal) => Promise<readonly T[] | undefined>,
): Promise<void> {
  const queue = [...items]
  const failed = new AbortController()
  let [next, running] = [0, 0]
  return new Promise((resolve, reject) => {
    const go = () => {
      while (running < atOnce && next < queue.length && !failed.signal.aborted) {
        running++
        work(queue[next++] as T, failed.signal)
          .then(
            (more) => void queue.push(...(more ?? [])),
            (error: unknown) => failed.abort(error),
          )
          .then(() => {
            running--
            go()
          })
      }
      if (running > 0) return
      if (failed.signal.aborted) reject(failed.signal.reason)
      else resolve()
    }
    go()
  })
}
