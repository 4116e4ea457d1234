import { DestinationUnavailable } from '../core/errors/reaction.ts'

/**
 * Runs work of a reaction that no event is at fault for, such as that of a storage or a cache, if it fails.
 *
 * @throws DestinationUnavailable, the signal's reason
 */
export async function unlessAway<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof DestinationUnavailable) throw error
    throw new DestinationUnavailable(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
