import { isThenable } from '../../core/async/callbacks.ts'
import type { Clock } from '../../core/clock.ts'

/** What calling handlers requires. */
export type CallContext = {
  readonly clock: Clock
  /** Aborted when the work is to end. */
  readonly signal?: AbortSignal
}

// How long a running handler may continue when the work is to end: milliseconds.
const GRACE = 5_000

// The default reason would be an error with a stack trace, for each call.
const ENDED = 'ended'

/**
 * Calls code of the application that may take too long, or outlast the work. It may then still be running when this
 * rejects.
 *
 * @param timeLimit milliseconds
 * @param call gets the signal that is aborted then
 * @throws what the code throws, or the reason why its signal was aborted
 */
export async function callWithin(
  { clock, signal }: CallContext,
  timeLimit: number,
  call: (signal: AbortSignal) => unknown,
): Promise<void> {
  const aborted = new AbortController()
  const called = call(aborted.signal)
  // What is synchronous is over by now, and needs no timers.
  if (!isThenable(called)) return
  const ended = new AbortController()
  const gaveUp = Promise.withResolvers<never>()
  const abort = (reason: unknown) => {
    if (ended.signal.aborted) return
    aborted.abort(reason)
    gaveUp.reject(reason)
  }
  const stop = () => {
    clock.sleep(GRACE, ended.signal).then(() => abort(signal?.reason))
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  try {
    clock.sleep(timeLimit, ended.signal).then(() => {
      abort(new DOMException(`It exceeded its time limit of ${timeLimit} ms`, 'TimeoutError'))
    })
    await Promise.race([called, gaveUp.promise])
  } finally {
    ended.abort(ENDED)
    signal?.removeEventListener('abort', stop)
  }
}
