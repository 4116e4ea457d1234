import type { Clock } from '../../../core/clock.ts'
import { randomFrom } from '../../../core/random.ts'

/** Gives resources their ETags and times, and ids their random parts. */
export type Stamps = {
  /** Seconds since 1970. */
  now(): number
  /** Milliseconds since 1970. */
  nowMs(): number
  /** A new ETag with its quotation marks; none is given twice. */
  etag(): string
  /** A number in [0, 1). */
  random(): number
}

/** @param seed makes ids and ETags repeat from run to run */
export function stampsOf(clock: Clock, seed: number): Stamps {
  // Ids need to differ, not to be secret.
  const random = randomFrom(seed)
  const life = hex(Math.floor(random() * 2 ** 16), 4)
  let given = 0
  const now = () => Math.floor(clock.now() / 1000)
  return {
    now,
    nowMs: () => clock.now(),
    random,
    etag: () => `"${hex(++given, 8)}-0000-${life}-0000-${hex(now(), 8)}0000"`,
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}
