import type { Deadline } from '../client/deadline.ts'
import { serverCode } from '../client/driver-error.ts'
import { type FailureKind, gaveUp, kindOf, refusal } from '../client/errors.ts'
import { StaleHeads } from './pending-append.ts'

/**
 * How to handle a transaction that failed:
 * - `stale`: cached heads or event ids are outdated
 * - `met`: another transaction has locked something that this one touches
 * - `fault`: it would fail again
 * - `lost`: another failure, and it may have been committed or not
 */
export type GroupFailure = 'stale' | 'met' | 'fault' | 'lost'

const WRITE_CONFLICT = 112

const BY_KIND: Readonly<Record<FailureKind, GroupFailure>> = {
  duplicate: 'stale',
  refused: 'fault',
  conflict: 'lost',
  unknown: 'lost',
  lost: 'lost',
}

/** What a failed transaction means for its batch. */
export function groupFailureOf(error: unknown): GroupFailure {
  if (error instanceof StaleHeads) return 'stale'
  if (serverCode(error) === WRITE_CONFLICT) return 'met'
  return BY_KIND[kindOf(error)]
}

/** The error that an append fails with. */
export const appendError = (error: unknown, { milliseconds }: Deadline): unknown =>
  groupFailureOf(error) === 'fault' ? refusal(error) : gaveUp(error, milliseconds)
