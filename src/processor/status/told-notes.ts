import { isJsonObject } from '../../core/json/json.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { FailureReport } from '../failures.ts'
import type { Failing } from '../ranges/failing.ts'
import { faded, type Lag } from '../ranges/throughput.ts'
import type { RangeState } from './range-state.ts'

// What other workers stored about their ranges with their leases. Older releases store less.

/** The progress of a range. */
export type RangeProgressReport = {
  /**
   * Events folded into views since its owner took the range; one that concerns two views counts twice. Null if unknown.
   */
  readonly folded: number | null
  /** The recent rate of those, in events per second. */
  readonly rate: number | null
  /** When its owner last made progress on it: ISO 8601 in UTC. */
  readonly progressAt: string | null
  /** Since when it fails, if it does. */
  readonly failing: Failing | null
}

/** Nothing is known about the progress of a range. */
export const NO_PROGRESS: RangeProgressReport = { folded: null, rate: null, progressAt: null, failing: null }

/** The progress that a lease tells of. @param now milliseconds since 1970 */
export function toldProgress(document: LeaseDocument, now: number): RangeProgressReport {
  const { hold, notedBy, folded, rate, failing } = document
  // A worker of an older release keeps the notes of the owner before it.
  if (typeof hold !== 'string' || notedBy !== hold) return NO_PROGRESS
  const progressAt = textOf(document.progressAt)
  return {
    folded: typeof folded === 'number' ? folded : null,
    rate: typeof rate === 'number' && progressAt !== null ? faded(rate, now - Date.parse(progressAt)) : null,
    progressAt,
    failing: failingIn(failing),
  }
}

function failingIn(value: LeaseDocument[string]): Failing | null {
  if (!isJsonObject(value)) return null
  const { since, attempts, nextAttempt } = value
  if (typeof since !== 'string' || typeof attempts !== 'number' || typeof nextAttempt !== 'string') return null
  return { since, attempts, nextAttempt }
}

/** The lag that a lease tells of. */
export const toldLag = ({ behind, oldest }: LeaseDocument): Lag => ({
  behind: typeof behind === 'number' ? behind : null,
  oldest: textOf(oldest),
})

/** The state that a lease tells of. A worker that has read everything has nothing to report until more arrives. */
export const toldState = (state: unknown, { behind }: Lag): Exclude<RangeState, 'parked' | 'unowned'> =>
  state === 'waiting' || state === 'stalled' || state === 'paused'
    ? state
    : state === 'idle' || behind === 0
      ? 'idle'
      : 'working'

/** The failure that a lease tells of. */
export const toldError = (error: unknown): FailureReport | null =>
  typeof error === 'object' && error !== null ? (error as FailureReport) : null

/** A text of a lease. */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
