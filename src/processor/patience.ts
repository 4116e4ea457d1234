import type { Clock } from '../core/clock.ts'
import type { Projection } from '../projections/projection.ts'

// How often an event is tried before its view is parked.
const HANDLER_ATTEMPTS = 5

// So many views parked within so many milliseconds tell that it is not one event that is at fault: each of the others
// would hold its page up in vain.
const MANY = 10
const LATELY = 10_000

const parkedAt = new WeakMap<Projection, readonly number[]>()

/** How often to try an event of a projection now: once only, while many of its views are being parked. */
export function attemptsFor(projection: Projection, clock: Clock): number {
  const lately = (parkedAt.get(projection) ?? []).filter((at) => clock.now() - at < LATELY)
  return lately.length < MANY ? HANDLER_ATTEMPTS : 1
}

/** Notes that a view was parked. */
export function noteParked(projection: Projection, clock: Clock): void {
  parkedAt.set(projection, [...(parkedAt.get(projection) ?? []).slice(1 - MANY), clock.now()])
}
