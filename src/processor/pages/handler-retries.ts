import type { Clock } from '../../core/clock.ts'

/** How often the handlers of one projection are retried. */
export type HandlerRetries = {
  /** How many attempts an event gets now: only one while many views are being parked. */
  attempts(): number
  /** Records that a view was parked. */
  noteParked(): void
}

// How many attempts an event gets before its view is parked.
const ATTEMPTS = 5

// Many views parked at once point to a systemic fault, so retrying each of them would delay its page in vain.
const MANY = 10
const LATELY = 10_000

/** Creates the retry counter of a projection. */
export function createHandlerRetries(clock: Clock): HandlerRetries {
  let parkedAt: readonly number[] = []
  return {
    attempts: () => (parkedAt.filter((at) => Math.abs(clock.now() - at) < LATELY).length < MANY ? ATTEMPTS : 1),
    noteParked() {
      parkedAt = [...parkedAt.slice(1 - MANY), clock.now()]
    },
  }
}
