import { appendEvents } from '../../core/append/append-events.ts'
import { type Backoff, backoffDelay } from '../../core/async/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import { EventIdReused, WrongExpectedVersion } from '../../core/errors/append.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { categoryOf } from '../../core/telemetry/trace-append.ts'
import type { RepositoryStorage } from '../state/context.ts'

/** Another writer got there first: an expected result of an append, after which the caller loads and decides again. */
export class Conflict {
  readonly error: WrongExpectedVersion | EventIdReused
  constructor(error: WrongExpectedVersion | EventIdReused) {
    this.error = error
  }
}

/** What an append needs of a repository. */
export type AppendContext = { readonly storage: RepositoryStorage; readonly telemetry: Telemetry }

/**
 * Appends at an exact version.
 *
 * @param named whether the events' ids are derived from a command id; then an id that is taken means that the same
 *   command was executed elsewhere with a different decision
 */
export async function tryAppend(
  { storage, telemetry }: AppendContext,
  streamId: string,
  documents: readonly NewEventDocument[],
  expectedVersion: number,
  named: boolean,
): Promise<AppendResult | Conflict> {
  try {
    return await appendEvents(storage, streamId, documents, { expectedVersion }, telemetry)
  } catch (error) {
    if (error instanceof WrongExpectedVersion || (named && error instanceof EventIdReused)) return new Conflict(error)
    throw error
  }
}

// Each delay is entirely random: writers that conflict on one stream should be spread out.
const CONFLICT_BACKOFF: Backoff = { first: 4, most: 250, jitter: 1 }

/** How conflicts are handled. */
export type RetryContext = {
  readonly clock: Clock
  readonly random: () => number
  /** How often an attempt is repeated. */
  readonly retries: number
  readonly telemetry: Telemetry
  readonly aggregate: { readonly category: string }
}

/**
 * Runs an attempt until it has no conflict, at most `retries` more times, with backoff and jitter.
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

/** Milliseconds to wait before a command is run again. @param retry 0 for the first retry */
export const conflictDelay = (retry: number, random: () => number): number =>
  backoffDelay(retry + 1, CONFLICT_BACKOFF, random)
