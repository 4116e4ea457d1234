import type { Clock } from '../clock.ts'
import { StorageUnavailable } from '../errors/storage.ts'

/**
 * Runs work that may hang, and abandons its result when it takes too long. `running` still receives the work, because
 * it may yet take a lease, which must then be released.
 *
 * @param running receives the work, until it ends
 * @throws StorageUnavailable after so many milliseconds; what the work throws
 */
export async function within(
  {
    clock,
    signal,
    running,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly running: Set<Promise<void>> },
  milliseconds: number,
  work: () => Promise<void>,
  what: string,
): Promise<void> {
  const end = new AbortController()
  const late = clock.sleep(milliseconds, AbortSignal.any([signal, end.signal])).then(() => {
    if (end.signal.aborted || signal.aborted) return
    throw new StorageUnavailable(`${what} within ${milliseconds} ms`)
  })
  const working = work()
  const over: Promise<void> = working.catch(() => {}).finally(() => running.delete(over))
  running.add(over)
  try {
    await Promise.race([working, late])
  } finally {
    end.abort()
  }
}
