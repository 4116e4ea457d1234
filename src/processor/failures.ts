import type { Backoff } from '../core/async/backoff.ts'
import { TidemarkError } from '../core/errors/base.ts'
import {
  EventSchemaTooNew,
  FeedRangeGone,
  IncarnationMismatch,
  LogDiverged,
  TidemarkAheadOfLog,
  UpcastFailed,
} from '../core/errors/feed.ts'
import { InvalidContinuation, InvalidViewKey } from '../core/errors/input.ts'
import { ChainOfAnotherLog, LedgerDamaged, SealMissing, SealWrong } from '../core/errors/integrity.ts'
import { UnknownOperation } from '../core/errors/messaging.ts'
import { PayloadLost, PayloadTampered } from '../core/errors/payload.ts'
import { PersonalDataTampered, PersonalKeyMissing, VaultRequired } from '../core/errors/privacy.ts'
import { StorageClosed } from '../core/errors/storage.ts'
import { HandlerFailed, ViewParked, ViewTooLarge } from '../core/errors/view.ts'

/**
 * What a failure calls for: split the range (`split`), end the work (`closed`), stop because another attempt would fail
 * the same way (`stop`), retry a few times and then stop (`handler`), or retry indefinitely (`storage`).
 */
export type FailureKind = 'split' | 'closed' | 'stop' | 'handler' | 'storage'

const STOPS = [
  EventSchemaTooNew,
  UnknownOperation,
  UpcastFailed,
  InvalidViewKey,
  IncarnationMismatch,
  LogDiverged,
  TidemarkAheadOfLog,
  InvalidContinuation,
  ViewParked,
  VaultRequired,
  PersonalKeyMissing,
  PersonalDataTampered,
  PayloadLost,
  PayloadTampered,
  SealMissing,
  SealWrong,
  ChainOfAnotherLog,
  LedgerDamaged,
]

/** Determines the kind of a failure. An unknown one counts as a failure of the storage, which may be temporary. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof FeedRangeGone) return 'split'
  if (error instanceof StorageClosed) return 'closed'
  if (STOPS.some((kind) => error instanceof kind)) return 'stop'
  // A key function that threw counts as a handler: it is unknown whether it will throw again.
  if (error instanceof HandlerFailed || error instanceof ViewTooLarge) return 'handler'
  return 'storage'
}

/** After how many attempts of each kind a range is called stalled. */
export const ATTEMPTS: { readonly [Kind in 'stop' | 'handler' | 'storage']: number } = {
  stop: 1,
  handler: 5,
  storage: 3,
}

/** Delays between attempts, and between them once the range is stalled. */
export const PAUSES: Backoff = { first: 100, most: 5_000 }
export const STALLED_PAUSES: Backoff = { first: 15_000, most: 60_000 }

/** A failure as the status shows it. */
export type FailureReport = {
  /** The error's code, or its name if it is not one of Tidemark's. */
  readonly code: string
  readonly message: string
  /** ISO 8601 in UTC. */
  readonly at: string
}

/** The part of an error that the status shows. */
export function reportOf(error: unknown, now: number): FailureReport {
  const at = new Date(now).toISOString()
  if (error instanceof TidemarkError) return { code: error.code, message: error.message, at }
  if (error instanceof Error) return { code: error.name, message: error.message, at }
  return { code: 'Error', message: String(error), at }
}
