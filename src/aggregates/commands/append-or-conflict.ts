import { type Backoff, backoffDelay } from '../../core/async/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import { EventIdReused, WrongExpectedVersion } from '../../core/errors/append.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { categoryOf } from '../../core/telemetry/trace-append.ts'
import type { RepositoryStorage } from '../state/context.ts'

/** Somebody else was there first: an expected answer of an append, to be met by loading and deciding again. */
export class Conflict {
  readonly error: WrongExpectedVersion | EventIdReused
  constructor(error: WrongExpectedVersion | EventIdReused) {
    this.error = error
  }
}

/**
 * Appends at an exact version.
 *
 * @param named whether the events' ids come from a command id; then an id that is taken means that the same command
 *   runs elsewhere and was decided otherwise
 */
export async function tryAppend(
  storage: RepositoryStorage,
  streamId: string,
  documents: readonly NewEventDocument[],
  expectedVersion: number,
  named: boolean,
): Promise<AppendResult | Conflict> {
  try {
    return await storage.events.append(streamId, documents, { expectedVersion })
  } catch (error) {
    if (error instanceof WrongExpectedVersion || (named && error instanceof EventIdReused)) return new Conflict(error)
    throw error
  }
}

// All of each delay is random: writers that met in one stream are best kept apart.
const CONFLICT_BACKOFF: Backoff = { first: 4, most: 250, jitter: 1 }

/** How conflicts are met. */
export type RetryContext = {
  readonly clock: Clock
  readonly random: () => number
  /** How often an attempt is made again. */
  readonly retries: number
  readonly telemetry: Telemetry
  readonly aggregate: { readonly category: string }
}

/**
 * Runs an attempt until it meets no conflict, with growing, random pauses, at most `retries` times more.
 *
 * @throws the last conflict's error
 */
export async function retryConflicts<T>(
  { clock, random, retries, telemetry, aggregate }: RetryContext,
  attempt: () => Promise<T | Conflict>,
): Promise<T> {
  for (let retry = 0; ; retry++) {
    const outcome = await attempt()
    if (!(outcome instanceof Conflict)) return outcome
    telemetry.count('tidemark.append.conflicts', 1, categoryOf(aggregate.category))
    if (retry >= retries) throw outcome.error
    telemetry.count('tidemark.append.retries', 1, categoryOf(aggregate.category))
    await clock.sleep(conflictDelay(retry, random))
  }
}

/** Milliseconds to wait before a command is decided again. @param retry 0 for the first retry */
export const conflictDelay = (retry: number, random: () => number): number =>
  backoffDelay(retry + 1, CONFLICT_BACKOFF, random)
