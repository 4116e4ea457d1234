/** One caller at a gate: its input, and how to settle it. */
export type Waiting<T, R> = {
  readonly item: T
  resolve(result: R | PromiseLike<R>): void
  reject(error: unknown): void
}

/**
 * The result for the waiting callers: the ones that were not settled, in their order, and what the next call can
 * continue from.
 */
export type Served<T, R, C> = { readonly left: readonly Waiting<T, R>[]; readonly carried?: C | undefined }

/**
 * Settles some of the waiting callers, at least the first of them.
 *
 * @param carried what the previous call left, if nothing has happened in between
 */
export type Serve<T, R, C> = (waiting: readonly Waiting<T, R>[], carried: C | undefined) => Promise<Served<T, R, C>>

// How many callers are served at once: enough for any load, and few enough that the first of them does not wait for
// long.
const MOST = 256

/**
 * Creates a gate: for each key, one caller is served at a time, and all that arrive in the meantime are served
 * together, in the order of their arrival. A caller that arrives alone passes straight through. The idea is the
 * `AsyncBatchingGate` of Equinox.
 *
 * @param serveFor creates the function that serves the callers for a key; if it throws, all of its callers fail with
 *   that error
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
