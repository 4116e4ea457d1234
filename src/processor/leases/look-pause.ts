import type { Clock } from '../../core/clock.ts'

/** The pauses of a worker between its looks at the leases. */
export type LookPause = {
  /** Sleeps, but no longer than `pollInterval` once the work on a range has ended, and only briefly if it was split. */
  sleep(milliseconds: number): Promise<void>
  /** The work on a range has ended. @param isSplit whether its parts must not wait for the next look */
  rangeEnded(isSplit: boolean): void
}

// Milliseconds between a split and the next look: the database may list the range for a while although it is gone.
const AFTER_SPLIT = 50

/** Creates the pauses of a worker. @param pollInterval milliseconds */
export function createLookPause(
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  pollInterval: number,
): LookPause {
  let ended = new AbortController()
  let split = new AbortController()
  return {
    async sleep(milliseconds) {
      const beyond = Math.max(0, milliseconds - pollInterval)
      if (beyond > 0) await clock.sleep(beyond, AbortSignal.any([signal, ended.signal]))
      ended = new AbortController()
      await clock.sleep(milliseconds - beyond, AbortSignal.any([signal, split.signal]))
      if (!split.signal.aborted) return
      split = new AbortController()
      await clock.sleep(Math.min(milliseconds, AFTER_SPLIT), signal)
    },
    rangeEnded(isSplit) {
      ended.abort()
      if (isSplit) split.abort()
    },
  }
}
