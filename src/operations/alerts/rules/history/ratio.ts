import type { Reading } from '../../state/streak.ts'
import { above } from '../rule.ts'
import { createSumWindow } from './window.ts'

// Over this time, in milliseconds, a ratio is taken: one look has too few attempts.
const LENGTH = 60_000

// Fewer attempts say nothing about a ratio.
const LEAST_ATTEMPTS = 20

/** The share of attempts of the last minute that failed. */
export type Ratio = {
  /** @param observed milliseconds; not less than before. Null is unknown. */
  add(observed: number, failed: number | null, attempts: number | null): void
  /** The ratio; 0 if there were too few attempts, and null if it is unknown. */
  readonly value: number | null
  reading(limit: number, calmBelow: number): Reading
  forget(): void
}

/** Creates a ratio of which nothing is known. */
export function createRatio(): Ratio {
  const window = createSumWindow(LENGTH)
  let isKnown = false

  function value(): number | null {
    if (!isKnown) return null
    const [failed = 0, attempts = 0] = window.sums()
    return attempts < LEAST_ATTEMPTS ? 0 : failed / attempts
  }

  return {
    add(observed, failed, attempts) {
      isKnown = failed !== null && attempts !== null
      if (failed !== null && attempts !== null) window.add(observed, [failed, attempts])
    },
    get value() {
      return value()
    },
    reading(limit, calmBelow) {
      const reading = above(value(), limit, calmBelow)
      return reading === 'calm' && !window.isFull ? 'between' : reading
    },
    forget: () => window.forget(),
  }
}
