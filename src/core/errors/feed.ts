import { intervalText } from '../positions/hash-interval.ts'
import { TidemarkError } from './base.ts'

/** The feed range was split: call `ranges()` again and continue with the finer ones. */
export class FeedRangeGone extends TidemarkError {
  readonly code = 'FeedRangeGone'
  readonly min: string
  readonly max: string
  constructor(range: { readonly min: string; readonly max: string }, options?: ErrorOptions) {
    super(`Feed range ${intervalText(range)} no longer exists: it was split; read the ranges again`, options)
    this.min = range.min
    this.max = range.max
  }
}

/** A stored event has a newer schema version than this code knows; an older worker must not guess. */
export class EventSchemaTooNew extends TidemarkError {
  readonly code = 'EventSchemaTooNew'
  readonly eventType: string
  readonly stored: number
  readonly known: number
  constructor(eventId: string, eventType: string, stored: number, known: number) {
    super(
      `Event ${eventId} is ${eventType} of schema version ${stored}, but this code knows versions up to ${known}: deploy newer code`,
    )
    this.eventType = eventType
    this.stored = stored
    this.known = known
  }
}

/**
 * An upcaster is missing for a stored event, threw, or returned something other than a plain JSON object, such as a
 * promise.
 */
export class UpcastFailed extends TidemarkError {
  readonly code = 'UpcastFailed'
  readonly eventType: string
  constructor(eventId: string, eventType: string, fromVersion: number, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : ''
    super(`Event ${eventId} (${eventType}) cannot be upcast from schema version ${fromVersion}${why}`, options)
    this.eventType = eventType
  }
}

/** Data was derived from another incarnation of the log, for instance before a restore: rebuild it. */
export class IncarnationMismatch extends TidemarkError {
  readonly code = 'IncarnationMismatch'
  readonly expected: string
  readonly actual: string
  constructor(what: string, expected: string, actual: string) {
    super(`${what} belongs to incarnation ${actual} of the log, which is now ${expected}: rebuild what was derived`)
    this.expected = expected
    this.actual = actual
  }
}

/** A tidemark or a lease is ahead of the log: the log was restored from an older copy. */
export class TidemarkAheadOfLog extends TidemarkError {
  readonly code = 'TidemarkAheadOfLog'
  readonly lsn: number
  readonly head: number
  constructor(what: string, lsn: number, head: number) {
    super(
      `${what} is at LSN ${lsn}, but the log ends at ${head}: it was restored from an older copy, or lost its end. Restore the whole, or accept the log as it is (tidemark log accept) and rebuild what was derived from it`,
    )
    this.lsn = lsn
    this.head = head
  }
}

/**
 * An event that something was derived from is not in the log: the log was restored from an older copy, or lost its end,
 * and may have grown past that position since.
 */
export class LogDiverged extends TidemarkError {
  readonly code = 'LogDiverged'
  /** What was derived from the event. */
  readonly derived: string
  /** The stream and version of the event, or only its LSN if no more is known. */
  readonly event: string
  constructor(derived: string, event: string, options?: ErrorOptions) {
    super(
      `${derived} was derived from event ${event}, which is not in the log: the log was restored from an older copy or ` +
        'lost its end. Put the newer log back, or accept this one with `tidemark log accept` and rebuild the projections',
      options,
    )
    this.derived = derived
    this.event = event
  }
}
