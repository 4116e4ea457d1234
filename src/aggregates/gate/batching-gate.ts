/** One caller at a gate: what it brought, and how it is answered. */
export type Waiting<T, R> = {
  readonly item: T
  resolve(result: R | PromiseLike<R>): void
  reject(error: unknown): void
}

/** What became of those who waited: the ones that were not answered, in their order, and what the next can go on from. */
export type Served<T, R, C> = { readonly left: readonly Waiting<T, R>[]; readonly carried?: C | undefined }

/**
 * Answers some of those who wait, at least the first of them.
 *
 * @param carried what was left by the one before, where nothing has happened in between
 */
export type Serve<T, R, C> = (waiting: readonly Waiting<T, R>[], carried: C | undefined) => Promise<Served<T, R, C>>

// How many are served at once: enough for any load, and few enough that the first of them need not wait for long.
const MOST = 256

/**
 * Makes a gate: of those that come for one key, one is served at a time, and all that come meanwhile are served
 * together, in the order in which they came. Whoever comes alone goes straight through. The idea is the
 * `AsyncBatchingGate` of Equinox.
 *
 * @param serveFor makes what serves those who come for a key; what it throws is told to all that it was given
 */
export function batchingGate<T, R, C>(serveFor: (key: string) => Serve<T, R, C>): (key: string, item: T) => Promise<R> {
  const queues = new Map<string, Waiting<T, R>[]>()

  async function run(key: string, queue: Waiting<T, R>[]): Promise<void> {
    const serve = serveFor(key)
    let carried: C | undefined
    while (queue.length > 0) {
      const waiting = queue.splice(0, MOST)
      try {
        const served = await serve(waiting, carried)
        carried = served.carried
        queue.unshift(...served.left)
      } catch (error) {
        carried = undefined
        for (const { reject } of waiting) reject(error)
      }
    }
    queues.delete(key)
  }

  return (key, item) =>
    new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject }
      const queue = queues.get(key)
      if (queue) {
        queue.push(waiting)
        return
      }
      const opened = [waiting]
      queues.set(key, opened)
      run(key, opened)
    })
}
