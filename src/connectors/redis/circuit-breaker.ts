import { type Backoff, backoffDelay } from '../../core/async/backoff.ts'
import type { Clock } from '../../core/clock.ts'

/** Stops calling a server that keeps failing, for a while. */
export type CircuitBreaker = {
  /**
   * Runs work unless the circuit is open. When it has been open for long enough, one call is let through, the probe:
   * its success closes the circuit, its failure opens it for longer.
   *
   * @returns what the work returns; undefined if it failed, or was not run
   */
  run<T>(work: () => Promise<T>): Promise<T | undefined>
}

/** When a circuit opens, and for how long. */
export type CircuitBreakerOptions = {
  /** How many calls in a row must fail. */
  readonly failures: number
  /** How long it stays open. */
  readonly pauses: Backoff
  readonly clock: Clock
  /** From 0 inclusive to 1 exclusive. */
  readonly random: () => number
}

/** Creates a closed circuit. */
export function circuitBreaker({ failures, pauses, clock, random }: CircuitBreakerOptions): CircuitBreaker {
  let failed = 0
  let openings = 0
  let closedAgain = 0
  let isProbing = false
  return {
    async run(work) {
      const isOpen = failed >= failures
      if (isOpen && (isProbing || clock.now() < closedAgain)) return undefined
      if (isOpen) isProbing = true
      try {
        const result = await work()
        failed = 0
        openings = 0
        return result
      } catch {
        failed++
        // A call that began before the circuit opened says nothing new.
        if (failed >= failures && (isOpen || failed === failures))
          closedAgain = clock.now() + backoffDelay(++openings, pauses, random)
        return undefined
      } finally {
        if (isOpen) isProbing = false
      }
    },
  }
}
