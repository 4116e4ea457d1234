import { withDeadline } from '../../core/async/deadline.ts'
import { unlessStopped } from '../../core/async/unless-stopped.ts'
import type { Clock } from '../../core/clock.ts'
import { StorageUnavailable } from '../../core/errors/storage.ts'

/** One part of a snapshot: what was read, or why it was not. */
export type Read<T> = { readonly value: T; readonly error?: undefined } | { readonly error: unknown }

/** When a part is given up. */
export type Patience = {
  readonly clock: Clock
  /** After how many milliseconds. */
  readonly within: number
  readonly signal: AbortSignal
}

/**
 * Creates a function that reads a part of a snapshot and never throws. What takes too long is unknown, and nothing is
 * read again before it has ended, so a storage that hangs is not asked more and more. What it then returns is dropped:
 * it is not known how old that is.
 */
export function createPart<T>({ clock, within, signal }: Patience, read: () => Promise<T>): () => Promise<Read<T>> {
  let underWay: Promise<T> | undefined
  return async () => {
    const isOld = underWay !== undefined
    underWay ??= read().finally(() => {
      underWay = undefined
    })
    const late = () => new StorageUnavailable(`did not respond within ${within} ms`)
    try {
      const value = await unlessStopped(withDeadline(clock, within, underWay, late), signal)
      return isOld ? { error: late() } : { value }
    } catch (error) {
      return { error }
    }
  }
}

/** What was read, or null. */
export const knownIn = <T>(read: Read<T>): T | null => (read.error === undefined ? (read as { value: T }).value : null)
