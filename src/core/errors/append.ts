import { type ExpectedVersion, isExpected } from '../append/expected-version.ts'
import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

/**
 * Another writer got there first: the stream is not at the version that the append expected. Or it is, but the stream
 * already contains some of the append's event ids, not all of them consecutively and in this order, so it is not a
 * repeat either.
 */
export class WrongExpectedVersion extends TidemarkError {
  readonly code = 'WrongExpectedVersion'
  readonly streamId: string
  readonly expected: ExpectedVersion
  /** The stream's version when the append was refused; 0 if it does not exist. */
  readonly actual: number
  constructor(streamId: string, expected: ExpectedVersion, actual: number, options?: ErrorOptions) {
    super(isExpected(expected, actual) ? mixedIds(streamId, actual) : conflict(streamId, expected, actual), options)
    this.streamId = streamId
    this.expected = expected
    this.actual = actual
  }
}

function conflict(streamId: string, expected: ExpectedVersion, actual: number): string {
  const wanted =
    expected === 'noStream' ? 'not to exist' : expected === 'streamExists' ? 'to exist' : `at version ${expected}`
  const found = actual === 0 ? 'it does not exist' : `it is at version ${actual}`
  return `Expected stream ${streamId} ${wanted}, but ${found}. Load the stream again and retry`
}

function mixedIds(streamId: string, actual: number): string {
  const ids = 'already contains some of these event ids, mixed with new ones or in another order'
  return `Stream ${streamId} is at version ${actual} as expected, but ${ids}. Use new event ids`
}

/** An event id is already used in this stream for another type or other data. */
export class EventIdReused extends TidemarkError {
  readonly code = 'EventIdReused'
  readonly streamId: string
  readonly eventId: string
  constructor(streamId: string, eventId: string) {
    super(`Event id ${eventId} is already used in stream ${streamId} for other data; use a new id`)
    this.streamId = streamId
    this.eventId = eventId
  }
}

/** The stream has a tombstone and can no longer be read or appended to. */
export class StreamDeleted extends TidemarkError {
  readonly code = 'StreamDeleted'
  readonly streamId: string
  constructor(streamId: string) {
    super(`Stream ${streamId} was deleted`)
    this.streamId = streamId
  }
}

/** The stream does not exist, but must. */
export class StreamNotFound extends TidemarkError {
  readonly code = 'StreamNotFound'
  readonly streamId: string
  constructor(streamId: string) {
    super(`Stream ${streamId} does not exist`)
    this.streamId = streamId
  }
}

/** The stream has no event of this version. */
export class EventNotFound extends TidemarkError {
  readonly code = 'EventNotFound'
  readonly streamId: string
  readonly version: number
  constructor(streamId: string, version: number) {
    super(`There is no event ${eventReference(streamId, version)}`)
    this.streamId = streamId
    this.version = version
  }
}

/** A command would write into a period whose books are closed. */
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

/** A command id is already used for another command. */
export class CommandIdReused extends TidemarkError {
  readonly code = 'CommandIdReused'
  readonly commandId: string
  constructor(commandId: string) {
    super(`Command id ${commandId} was already used for another command; use a new id`)
    this.commandId = commandId
  }
}
