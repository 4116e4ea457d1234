import { type Backoff, backoffDelay, LONGEST_PAUSE } from '../../core/async/backoff.ts'
import { Changes } from '../../core/async/changes.ts'
import type { Clock } from '../../core/clock.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'

/** Whether something is available that several lanes call. */
export interface Availability {
  /** The failure that began the outage, and when, in milliseconds since 1970; undefined if there is none. */
  readonly outage: { readonly since: number; readonly error: unknown } | undefined
  /**
   * Runs work until it does not fail because of an outage. During one, only one call at a time tries, after a backoff
   * with jitter; when it succeeds, all others continue.
   *
   * @throws what the work throws otherwise; the signal's reason
   */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Waits for the end of the outage, if there is one, without trying. @throws the signal's reason */
  wait(): Promise<void>
  /** Begins an outage because of a failure outside `run`, or the one before again if its end was not confirmed. */
  fail(error: unknown): void
  /** Confirms that the last outage is over. */
  confirm(): void
}

/** What an availability needs. */
export type AvailabilityOptions = {
  readonly pauses: Backoff
  readonly clock: Clock
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Whether a failure is an outage. */
  isOutage(error: unknown): boolean
  /** Whether a result confirms that an outage is over; by default each does. */
  confirms?(result: unknown): boolean
  /** Called at each failure of an outage. */
  onFailure(error: unknown): void
}

/** Begins without an outage. */
export function trackAvailability({ pauses, clock, random, signal, ...how }: AvailabilityOptions): Availability {
  let outage: { since: number; error: unknown } | undefined
  let failures = 0
  // An outage that may be over.
  let before: { readonly since: number; readonly failures: number } | undefined
  let isTrying = false
  const changes = new Changes(clock)
  const changed = () => changes.next(Number.POSITIVE_INFINITY, signal)

  const fail = (error: unknown) => {
    failures = (before?.failures ?? failures) + 1
    outage ??= { since: before?.since ?? clock.now(), error }
    before = undefined
    how.onFailure(error)
  }
  const nextPause = (error: unknown): number => {
    const asked = error instanceof DestinationUnavailable ? (error.retryAfter ?? 0) : 0
    return Math.max(Math.min(asked, LONGEST_PAUSE), backoffDelay(failures, pauses, random))
  }

  /** @returns the result, or undefined if the outage goes on */
  async function probe<T>(work: () => Promise<T>): Promise<{ readonly result: T } | undefined> {
    isTrying = true
    try {
      await clock.sleep(nextPause(outage?.error), signal)
      signal.throwIfAborted()
      const result = await work()
      if (how.confirms?.(result) === false && outage) before = { since: outage.since, failures }
      outage = undefined
      failures = 0
      return { result }
    } catch (error) {
      if (signal.aborted || !how.isOutage(error)) throw error
      fail(error)
      return undefined
    } finally {
      isTrying = false
      changes.notify()
    }
  }

  return {
    get outage() {
      return outage
    },
    fail: (error) => (outage === undefined ? fail(error) : undefined),
    confirm() {
      before = undefined
    },
    async wait() {
      while (outage !== undefined && !signal.aborted) await changed()
      signal.throwIfAborted()
    },
    async run(work) {
      for (;;) {
        signal.throwIfAborted()
        if (outage !== undefined && isTrying) {
          await changed()
        } else if (outage !== undefined) {
          const done = await probe(work)
          if (done) return done.result
        } else {
          try {
            const result = await work()
            if (how.confirms?.(result) !== false) before = undefined
            return result
          } catch (error) {
            if (signal.aborted || !how.isOutage(error)) throw error
            // Of calls that failed together, one is enough to begin an outage.
            if (outage === undefined) fail(error)
          }
        }
      }
    },
  }
}
