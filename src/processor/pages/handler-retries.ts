import type { Clock } from '../../core/clock.ts'

/** How often the handlers of one projection are tried. */
export type HandlerRetries = {
  /** How often to try an event now: once only, while many views are being parked. */
  attempts(): number
  /** Notes that a view was parked. */
  noteParked(): void
}

// How often an event is tried before its view is parked.
const ATTEMPTS = 5

// Many views parked at once point to a systemic fault: retrying each of them would hold its page up in vain.
const MANY = 10
const LATELY = 10_000

/** Makes the retries of a projection. */
export function createHandlerRetries(clock: Clock): HandlerRetries {
  let parkedAt: readonly number[] = []
  return {
    attempts: () => (parkedAt.filter((at) => Math.abs(clock.now() - at) < LATELY).length < MANY ? ATTEMPTS : 1),
    noteParked() {
      parkedAt = [...parkedAt.slice(1 - MANY), clock.now()]
    },
  }
}
