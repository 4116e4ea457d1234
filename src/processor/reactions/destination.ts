import { backoffDelay, LONGEST_PAUSE } from '../../core/async/backoff.ts'
import { Changes } from '../../core/async/changes.ts'
import { limiter } from '../../core/async/limiter.ts'
import type { Clock } from '../../core/clock.ts'
import type { DestinationUnavailable } from '../../core/errors/reaction.ts'
import type { CallResult, ReactionCall } from './call-handler.ts'

/** That a reaction waits for its destination. */
export type Waiting = {
  /** Since when: milliseconds since 1970. */
  readonly since: number
  /** When the last call failed: milliseconds since 1970. */
  readonly at: number
  readonly error: DestinationUnavailable
}

/** What a call tells about the destination. */
type Answer = Pick<CallResult<ReactionCall>, 'done' | 'failed' | 'thrown' | 'away'>

/** The calls of a reaction's handlers in this process, over all ranges. */
export type Destination = {
  /**
   * Calls a handler when its turn comes. While the destination is unavailable, one call at a time goes through, as a
   * probe, after a backoff; the others wait for it to succeed.
   *
   * @param call may be called more than once
   * @param report called for a failure that begins an outage, or that a probe found
   * @throws the signal's reason once it is aborted; what `call` throws
   */
  call<Result extends Answer>(
    call: () => Promise<Result>,
    signal: AbortSignal | undefined,
    report: (error: DestinationUnavailable) => void,
  ): Promise<Result>
  /** Whether it waits at this moment. */
  readonly waiting: Waiting | undefined
  /** When it last ended to wait: milliseconds since 1970. */
  readonly resumedAt: number
}

const PAUSES = { first: 1_000, most: 60_000 }

const NEVER = new AbortController().signal

/** Creates the calls of a reaction's handlers. @param concurrency how many may run at once */
export function createDestination(
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  concurrency: number,
): Destination {
  const handlers = limiter(concurrency)
  const changes = new Changes(clock)
  let outage: Waiting | undefined
  let isOpen = true
  let isProbed = false
  let failures = 0
  let pause = 0
  let pausedAt = 0
  let resumedAt = Number.NEGATIVE_INFINITY

  /** Waits while the destination is unavailable. @returns whether the call is the probe */
  async function enter(signal: AbortSignal): Promise<boolean> {
    while (!isOpen) {
      signal.throwIfAborted()
      if (isProbed) {
        await changes.next(Number.POSITIVE_INFINITY, signal)
        continue
      }
      isProbed = true
      // The clock may have jumped back.
      const left = Math.min(pause, pausedAt + pause - clock.now())
      if (left > 0) await clock.sleep(left, signal)
      if (!signal.aborted) return true
      leave()
    }
    return false
  }

  function leave(): void {
    isProbed = false
    changes.notify()
  }

  function note(
    { done, failed, thrown, away }: Answer,
    isProbe: boolean,
    report: (error: DestinationUnavailable) => void,
  ): void {
    if (away) {
      // Calls that began before the outage tell nothing new.
      if (!isOpen && !isProbe) return
      pause = Math.max(backoffDelay(++failures, PAUSES, random), Math.min(away.retryAfter ?? 0, LONGEST_PAUSE))
      pausedAt = clock.now()
      outage = { since: outage?.since ?? pausedAt, at: pausedAt, error: away }
      isOpen = false
      report(away)
      return
    }
    // Nothing was called, because another worker had handled it.
    const isNone = done.length === 0 && failed.length === 0 && thrown === undefined
    if (isNone || (!isOpen && !isProbe)) return
    if (!isOpen) resumedAt = clock.now()
    isOpen = true
    // The failure of an event does not prove that the destination is back: the outage goes on if it is not.
    if (done.length === 0) return
    outage = undefined
    failures = 0
  }

  return {
    async call(call, signal = NEVER, report) {
      for (;;) {
        const isProbe = await enter(signal)
        try {
          const result = await handlers(async () => {
            signal.throwIfAborted()
            return isOpen || isProbe ? call() : undefined
          })
          if (result === undefined) continue
          note(result, isProbe, report)
          return result
        } finally {
          if (isProbe) leave()
        }
      }
    },
    get waiting() {
      return isOpen ? undefined : outage
    },
    get resumedAt() {
      return resumedAt
    },
  }
}
