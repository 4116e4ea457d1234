/**
 * Does the work of each item, at most so many at the same time. After the first failure no further one is begun.
 *
 * @throws what the work threw first, once all that was begun has ended
 */
export async function concurrently<T>(
  most: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const rest = items[Symbol.iterator]()
  let hasFailed = false
  const worker = async () => {
    for (const item of rest) {
      if (hasFailed) return
      try {
        await work(item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
