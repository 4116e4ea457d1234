import type { Clock } from '../core/clock.ts'
import { InvalidOption } from '../core/errors/input.ts'

export type WaitOptions = {
  /**
   * Milliseconds to wait at most; default 5,000. 0 looks once, `Infinity` waits for as long as it takes. A look that is
   * under way when the time is over may take one second more.
   */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

const DEFAULT_TIMEOUT = 5_000

// What is under way when the time is over decides, if it does not take much longer.
const GRACE = 1_000

/** How long a waiter waits. */
export type WaitLimits = {
  readonly timeout: number
  /** Aborted when nothing more is to be waited for: the time is over, or it was all ended. What is found then decides. */
  readonly wake: AbortSignal
  /** Aborted with the reason to give up: the waiter's own signal, or the time was over some while ago. */
  readonly stop: AbortSignal
  /** Ends all timers. */
  end(): void
}

/**
 * Begins the time of a waiter.
 *
 * @param overdue makes the error when it took too long
 * @throws InvalidOption for a timeout that is none
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

// Nobody reads it. Without a reason, each abort would make an exception with its stack.
const OVER = 'over'

/** The answer of `work`, unless the signal is aborted first. @throws the signal's reason */
export function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(stop.reason)
    if (stop.aborted) giveUp()
    else stop.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => stop.removeEventListener('abort', giveUp))
  })
}
