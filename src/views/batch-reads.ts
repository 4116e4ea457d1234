/**
 * Gathers the keys that are asked for in one turn of the event loop into one call, and shares its answer. A thousand
 * waiters that are woken by one change then cost one read. The call begins after the last of them asked, so none gets
 * an answer that is older than its question. The idea is GraphQL's DataLoader, without its cache.
 *
 * @param load answers what is there for the keys
 */
export function batch<T>(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
  let gathered: { readonly keys: Set<string>; readonly answer: Promise<ReadonlyMap<string, T>> } | undefined
  return async (key: string): Promise<T | undefined> => {
    if (gathered === undefined) {
      const keys = new Set<string>()
      const answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        gathered = undefined
        return load([...keys])
      })
      gathered = { keys, answer }
    }
    gathered.keys.add(key)
    return (await gathered.answer).get(key)
  }
}
