import { TidemarkError } from './base.ts'

/** A stream id breaks the rules; thrown before any I/O. */
export class InvalidStreamId extends TidemarkError {
  readonly code = 'InvalidStreamId'
  readonly streamId: string
  constructor(streamId: string, reason: string) {
    super(`Invalid stream id ${quote(streamId)}: ${reason}`)
    this.streamId = streamId
  }
}

/** A view key breaks the rules for ids; thrown before any I/O. */
export class InvalidViewKey extends TidemarkError {
  readonly code = 'InvalidViewKey'
  readonly key: string
  constructor(key: string, reason: string) {
    super(`Invalid view key ${quote(key)}: ${reason}`)
    this.key = key
  }
}

/** An expected version is neither a whole number from 0 nor one of the three names. */
export class InvalidExpectedVersion extends TidemarkError {
  readonly code = 'InvalidExpectedVersion'
  readonly expectedVersion: unknown
  constructor(expectedVersion: unknown) {
    super(
      `Invalid expected version ${quote(expectedVersion)}: use a whole number from 0, 'noStream', 'streamExists' or 'any'`,
    )
    this.expectedVersion = expectedVersion
  }
}

/** A value cannot be represented in JSON without loss. */
export class NotJson extends TidemarkError {
  readonly code = 'NotJson'
  readonly path: string
  constructor(path: string, found: string) {
    super(`Not JSON at ${path}: ${found}`)
    this.path = path
  }
}

/**
 * A definition of events, an aggregate or a projection is invalid; thrown when it is defined, or when the fault is
 * detected.
 */
export class InvalidDefinition extends TidemarkError {
  readonly code = 'InvalidDefinition'
}

/** A command of an aggregate that returned a promise, nothing, or something other than events. */
export class InvalidCommand extends TidemarkError {
  readonly code = 'InvalidCommand'
}

/** An event's envelope is invalid: its id, its metadata, or an id that appears twice in one append. */
export class InvalidEvent extends TidemarkError {
  readonly code = 'InvalidEvent'
}

/** The set of events does not define the event type. */
export class UnknownEventType extends TidemarkError {
  readonly code = 'UnknownEventType'
  readonly eventType: string
  constructor(eventType: string) {
    super(`Unknown event type ${quote(eventType)}`)
    this.eventType = eventType
  }
}

/** One issue that a schema found: where in the data, and what. */
export type DataIssue = { readonly path: string; readonly message: string }

/** The schema of the event type refuses the data. */
export class InvalidEventData extends TidemarkError {
  readonly code = 'InvalidEventData'
  readonly eventType: string
  readonly issues: readonly DataIssue[]
  constructor(eventType: string, issues: readonly DataIssue[]) {
    super(`Invalid data for ${eventType}: ${issues.map((i) => `${i.path || 'data'}: ${i.message}`).join('; ')}`)
    this.eventType = eventType
    this.issues = issues
  }
}

/** An append has no events. */
export class EmptyAppend extends TidemarkError {
  readonly code = 'EmptyAppend'
  constructor() {
    super('An append needs at least one event')
  }
}

/** An append exceeds `storage.limits`; thrown before any I/O. */
export class AppendTooLarge extends TidemarkError {
  readonly code = 'AppendTooLarge'
  readonly unit: 'events' | 'bytes'
  readonly actual: number
  readonly limit: number
  constructor(unit: 'events' | 'bytes', actual: number, limit: number, options?: ErrorOptions) {
    super(`An append of ${actual} ${unit} exceeds this storage's limit of ${limit}; divide it`, options)
    this.unit = unit
    this.actual = actual
    this.limit = limit
  }
}

/** A query has an invalid field path, operator, limit or page token. */
export class InvalidQuery extends TidemarkError {
  readonly code = 'InvalidQuery'
}

/** An option of a call, such as `limit`, `from` or `timeout`, is invalid; thrown before any I/O. */
export class InvalidOption extends TidemarkError {
  readonly code = 'InvalidOption'
  readonly option: string
  /** @param expected what the option must be, such as `a whole number from 1` */
  constructor(option: string, expected: string, found: unknown) {
    super(`The option ${option} must be ${expected}, but is ${quote(found)}`)
    this.option = option
  }
}

/** A position was not returned by an append of Tidemark, or several positions span too many streams. */
export class InvalidPosition extends TidemarkError {
  readonly code = 'InvalidPosition'
  constructor(reason = 'it is malformed, or names an event that is not in the log', options?: ErrorOptions) {
    super(`Not a position that an append returned: ${reason}`, options)
  }
}

/** A continuation was not issued by this storage's change feed for this range. */
export class InvalidContinuation extends TidemarkError {
  readonly code = 'InvalidContinuation'
  constructor(reason: string) {
    super(`Not a continuation of this feed range: ${reason}`)
  }
}

/** A setting, from the environment, a URL or an option, is invalid. */
export class InvalidConfiguration extends TidemarkError {
  readonly code = 'InvalidConfiguration'
  readonly setting: string
  constructor(setting: string, reason: string, options?: ErrorOptions) {
    super(`${setting}: ${reason}`, options)
    this.setting = setting
  }
}

function quote(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? kindOf(value) : String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

// The content of an object may be private, and some objects cannot even be converted to text.
const kindOf = (value: object | null): string =>
  value === null ? 'null' : value instanceof Date ? 'a Date' : Array.isArray(value) ? 'an array' : 'an object'
