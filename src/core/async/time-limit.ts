import type { Clock } from '../clock.ts'
import { StorageUnavailable } from '../errors/storage.ts'

/**
 * Does work that may hang, and gives its answer up when it takes too long. What the work does later is waited for at
 * the end all the same: it may yet take a lease, which must then be given up.
 *
 * @param running gets the work, until it ends
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
