import { type ExpectedVersion, isExpected } from '../append/expected-version.ts'
import { TidemarkError } from './base.ts'

/**
 * Somebody else was there first: the stream is not at the version that the append expected. Or it is, but some of the
 * append's event ids stand in it already, not all of them together and in this order, so that it is no repeat either.
 */
export class WrongExpectedVersion extends TidemarkError {
  readonly code = 'WrongExpectedVersion'
  readonly streamId: string
  readonly expected: ExpectedVersion
  /** The stream's version when the append was refused; 0 when it does not exist. */
  readonly actual: number
  constructor(streamId: string, expected: ExpectedVersion, actual: number, options?: ErrorOptions) {
    const why = isExpected(expected, actual)
      ? ', as expected, but holds some of these event ids already: they are mixed with new ones, or in another order'
      : `, not at the expected ${expected}`
    super(`Stream ${streamId} is at version ${actual}${why}`, options)
    this.streamId = streamId
    this.expected = expected
    this.actual = actual
  }
}

/** An event id of this stream came again with another type or other data. */
export class EventIdReused extends TidemarkError {
  readonly code = 'EventIdReused'
  readonly streamId: string
  readonly eventId: string
  constructor(streamId: string, eventId: string) {
    super(`Event id ${eventId} already stands in stream ${streamId} with other content`)
    this.streamId = streamId
    this.eventId = eventId
  }
}

/** The stream bears a tombstone: nothing is read from it or appended to it again. */
export class StreamDeleted extends TidemarkError {
  readonly code = 'StreamDeleted'
  readonly streamId: string
  constructor(streamId: string) {
    super(`Stream ${streamId} was deleted`)
    this.streamId = streamId
  }
}

/** The stream does not exist where it must. */
export class StreamNotFound extends TidemarkError {
  readonly code = 'StreamNotFound'
  readonly streamId: string
  constructor(streamId: string) {
    super(`Stream ${streamId} does not exist`)
    this.streamId = streamId
  }
}

/** A command wants to write into a period whose books are closed. */
export class PeriodClosed extends TidemarkError {
  readonly code = 'PeriodClosed'
  readonly streamId: string
  readonly period: string
  /** The period that is open now. */
  readonly openPeriod: string
  constructor(streamId: string, period: string, openPeriod: string) {
    super(`Period ${period} of ${streamId} is closed; the open one is ${openPeriod}`)
    this.streamId = streamId
    this.period = period
    this.openPeriod = openPeriod
  }
}

/** A command id came again with another command. */
export class CommandIdReused extends TidemarkError {
  readonly code = 'CommandIdReused'
  readonly commandId: string
  constructor(commandId: string) {
    super(`Command id ${commandId} was already used for another command`)
    this.commandId = commandId
  }
}
