import type { Clock } from '../../core/clock.ts'
import { isoTime } from '../../core/iso-time.ts'

/** That the work on a range fails, and is tried again. */
export type Failing = {
  /** When it failed for the first time since it last succeeded: ISO 8601 in UTC. */
  readonly since: string
  /** How often it has failed since. */
  readonly attempts: number
  /** When it is tried again: ISO 8601 in UTC; in the past while an attempt is under way. */
  readonly nextAttempt: string
}

/** The failures of a range since its work last succeeded. */
export type Failures = {
  /** How many there were. */
  readonly count: number
  /** Null if the last attempt succeeded, also if that is not certain yet because its checkpoint is not stored. */
  readonly failing: Failing | null
  /** Adds one. */
  add(): void
  /** Records in how many milliseconds the next attempt begins. */
  pause(milliseconds: number): void
  /** The page of an attempt is done; its checkpoint is yet to be stored, which may fail. */
  seemOver(): void
  /** An attempt succeeded, or a person intervened. */
  end(): void
}

/** Creates an empty record of failures. */
export function createFailures(clock: Clock): Failures {
  let count = 0
  let since = 0
  let next = 0
  let isOver = false
  return {
    get count() {
      return count
    },
    get failing() {
      if (count === 0 || isOver) return null
      return { since: isoTime(since), attempts: count, nextAttempt: isoTime(next) }
    },
    add() {
      if (count++ === 0) since = clock.now()
      next = clock.now()
      isOver = false
    },
    pause(milliseconds) {
      next = clock.now() + milliseconds
    },
    seemOver() {
      isOver = true
    },
    end() {
      count = 0
    },
  }
}
