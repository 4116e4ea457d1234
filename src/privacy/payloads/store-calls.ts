import { withDeadline } from '../../core/async/deadline.ts'
import { limiter } from '../../core/async/limiter.ts'
import type { Clock } from '../../core/clock.ts'
import { TidemarkError } from '../../core/errors/base.ts'
import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import type { PayloadStore } from './payload-store.ts'

/** Calls of stores: with limited concurrency, within a time limit, failing as `PayloadStoreFailed` only. */
export type StoreCalls = <T>(
  store: PayloadStore,
  what: string,
  work: (signal: AbortSignal) => Promise<T>,
  options?: { readonly unlimited?: boolean },
) => Promise<T>

/**
 * Creates the caller of stores.
 *
 * @param atOnce how many calls may run at once; the rest waits
 * @param timeLimit milliseconds for one call, without the wait for its turn; `unlimited` is for calls whose duration
 *   depends on the number of objects
 */
export function storeCalls(clock: Clock, atOnce: number, timeLimit: number): StoreCalls {
  const whenFree = limiter(atOnce)
  return (store, what, work, { unlimited = false } = {}) =>
    whenFree(async () => {
      const late = new AbortController()
      try {
        const called = work(late.signal)
        if (unlimited) return await called
        const failure = () => new PayloadStoreFailed(store.name, `${what} took longer than ${timeLimit} ms`)
        return await withDeadline(clock, timeLimit, called, failure)
      } catch (error) {
        if (error instanceof TidemarkError) throw error
        throw new PayloadStoreFailed(store.name, what, { cause: error })
      } finally {
        late.abort()
      }
    })
}
