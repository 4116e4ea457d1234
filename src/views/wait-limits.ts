import type { Clock } from '../core/clock.ts'
import { InvalidOption } from '../core/errors/input.ts'

export type WaitOptions = {
  /**
   * The maximum wait in milliseconds; default 5,000. 0 checks once, `Infinity` waits indefinitely. A check that is
   * running at the time limit may take one second more.
   */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

const DEFAULT_TIMEOUT = 5_000

// A check that is running at the time limit decides, if it does not take much longer.
const GRACE = 1_000

/** How long a waiter waits. */
export type WaitLimits = {
  readonly timeout: number
  /**
   * Aborted when the wait is over: the time limit was reached, or everything was stopped. What is found then decides.
   */
  readonly wake: AbortSignal
  /** Aborted with the reason to give up: the waiter's own signal, or the time limit has passed by a margin. */
  readonly stop: AbortSignal
  /** Stops all timers. */
  end(): void
}

/**
 * Starts the timers of a waiter.
 *
 * @param overdue creates the error for a wait that took too long
 * @throws InvalidOption for an invalid timeout
 */
export function waitLimits(
  clock: Clock,
  { timeout = DEFAULT_TIMEOUT, signal }: WaitOptions,
  overdue: (timeout: number) => Error,
): WaitLimits {
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw new InvalidOption('timeout', 'a number of milliseconds from 0', timeout)
  }
  const [ended, late, given] = [new AbortController(), new AbortController(), new AbortController()]
  const run = async () => {
    await clock.sleep(timeout, ended.signal)
    late.abort(OVER)
    await clock.sleep(GRACE, ended.signal)
    if (!ended.signal.aborted) given.abort(overdue(timeout))
  }
  if (timeout === 0) late.abort(OVER)
  else if (timeout < Number.POSITIVE_INFINITY) run()
  const others = signal ? [signal] : []
  return {
    timeout,
    wake: AbortSignal.any([late.signal, ended.signal, ...others]),
    stop: AbortSignal.any([given.signal, ...others]),
    end: () => ended.abort(OVER),
  }
}

// The reason is never read, but without one, each abort would create an exception with its stack.
const OVER = 'over'
