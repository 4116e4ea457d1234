import { promiseHooks } from 'node:v8'

/**
 * Runs something synchronous, and lets what the promises that it makes reject with be lost. The service does not see it
 * either; here it would end the process, from whatever realm the promise is.
 *
 * @see https://github.com/Azure/azure-cosmosdb-js-server/issues/46
 */
export function withLostRejections<Result>(run: () => Result): Result {
  const made: Promise<unknown>[] = []
  const stop = promiseHooks.onInit((promise) => {
    made.push(promise)
  }) as () => void
  try {
    return run()
  } finally {
    stop()
    for (const promise of made) Promise.prototype.then.call(promise, undefined, () => {})
  }
}
