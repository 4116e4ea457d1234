/**
 * Collects the keys that are requested in one turn of the event loop into one call, and shares its result. A thousand
 * waiters that are woken by one change then cost one read. The call begins after the last request, so no result is
 * older than its request. The idea is GraphQL's DataLoader, without its cache.
 *
 * @param load returns what is stored for the keys
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
