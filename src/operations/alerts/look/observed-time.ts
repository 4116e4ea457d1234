import type { Snapshot } from '../../model/snapshot.ts'
import { medianOf } from './median.ts'

/** The time of one look. */
export type Moment = {
  /** When the snapshot was taken, by the clock of the process that took it: milliseconds since 1970. */
  readonly at: number
  /** The same by a clock that does not jump with that process's, and agrees with those of the other processes. */
  readonly now: number
  /** Milliseconds since the look before; 0 at the first one and after a gap. */
  readonly elapsed: number
  /** The sum of what elapsed. */
  readonly observed: number
  /** Milliseconds that were not observed before this look; null if it followed the last one in time. */
  readonly gap: number | null
  /** Milliseconds that passed since the look before, a gap included. */
  readonly passed: number
  /** What the clock of another process shows. */
  clockOf(instance: string): number
}

// A smaller jump is the work of a time service, or of a snapshot that took long.
const LEAST_JUMP = 2_000

// Clocks that differ by less agree: reports are seen a few seconds late.
const LEAST_SKEW = 5_000

// How long after a jump the skew of other processes may still be what it was before.
const SETTLES_AFTER = 30_000

/**
 * Follows the time of snapshots. Times that other processes stored are compared with their clocks and not with this
 * one's, so that a clock that jumps does not change any age.
 *
 * @param longest milliseconds between two looks, beyond which nothing was observed meanwhile
 */
export function createObservedTime(longest: number): (snapshot: Snapshot) => Moment {
  let last: Pick<Snapshot, 'at' | 'steady'> | undefined
  let offset = 0
  let observed = 0
  let settled = 0

  return (snapshot) => {
    const { passed, jump, isGap } = last === undefined ? NOTHING : between(last, snapshot, longest)
    last = snapshot
    const elapsed = isGap ? 0 : passed
    observed += elapsed
    if (Math.abs(jump) > LEAST_JUMP) {
      offset -= jump
      settled = observed + SETTLES_AFTER
    } else if (observed >= settled) {
      const skew = medianOf(Object.values(snapshot.skew))
      if (skew !== undefined) offset = Math.abs(skew) > LEAST_SKEW ? skew : 0
    }
    const { at } = snapshot
    const now = at + offset
    const isSettled = observed >= settled
    return {
      at,
      now,
      elapsed,
      observed,
      gap: isGap ? passed : null,
      passed,
      clockOf: (instance) => (isSettled ? at + (snapshot.skew[instance] ?? offset) : now),
    }
  }
}

const NOTHING = { passed: 0, jump: 0, isGap: false }

type Time = Pick<Snapshot, 'at' | 'steady'>

function between(before: Time, after: Time, longest: number) {
  const shown = after.at - before.at
  if (before.steady !== undefined && after.steady !== undefined && after.steady >= before.steady) {
    const passed = after.steady - before.steady
    return { passed, jump: shown - passed, isGap: passed > longest }
  }
  if (shown > 0 && shown <= longest) return { passed: shown, jump: 0, isGap: false }
  return { passed: Math.max(0, shown), jump: shown, isGap: true }
}
