import { TidemarkError } from './base.ts'

/** A stream id that breaks the rules; thrown before any I/O. */
export class InvalidStreamId extends TidemarkError {
  readonly code = 'InvalidStreamId'
  readonly streamId: string
  constructor(streamId: string, reason: string) {
    super(`Invalid stream id ${quote(streamId)}: ${reason}`)
    this.streamId = streamId
  }
}

/** A view key that breaks the rules of ids; thrown before any I/O. */
export class InvalidViewKey extends TidemarkError {
  readonly code = 'InvalidViewKey'
  readonly key: string
  constructor(key: string, reason: string) {
    super(`Invalid view key ${quote(key)}: ${reason}`)
    this.key = key
  }
}

/** An expected version that is neither a whole number from 0 nor one of the three names. */
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

/** A value that JSON cannot carry unchanged. */
export class NotJson extends TidemarkError {
  readonly code = 'NotJson'
  readonly path: string
  constructor(path: string, found: string) {
    super(`Not JSON at ${path}: ${found}`)
    this.path = path
  }
}

/** A definition of events, an aggregate or a projection that cannot work; thrown when it is made, or when it shows. */
export class InvalidDefinition extends TidemarkError {
  readonly code = 'InvalidDefinition'
}

/** A command of an aggregate that returned a promise, nothing, or something other than events. */
export class InvalidCommand extends TidemarkError {
  readonly code = 'InvalidCommand'
}

/** An event whose envelope is wrong: its id, its metadata, or an id that stands twice in one append. */
export class InvalidEvent extends TidemarkError {
  readonly code = 'InvalidEvent'
}

/** An event type that the set of events does not define. */
export class UnknownEventType extends TidemarkError {
  readonly code = 'UnknownEventType'
  readonly eventType: string
  constructor(eventType: string) {
    super(`Unknown event type ${quote(eventType)}`)
    this.eventType = eventType
  }
}

/** One fault that a schema found: where in the data, and what. */
export type DataIssue = { readonly path: string; readonly message: string }

/** Event data that its schema refuses. */
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

/** An append without events. */
export class EmptyAppend extends TidemarkError {
  readonly code = 'EmptyAppend'
  constructor() {
    super('An append needs at least one event')
  }
}

/** An append beyond `storage.limits`; thrown before any I/O. */
export class AppendTooLarge extends TidemarkError {
  readonly code = 'AppendTooLarge'
  readonly unit: 'events' | 'bytes'
  readonly actual: number
  readonly limit: number
  constructor(unit: 'events' | 'bytes', actual: number, limit: number, options?: ErrorOptions) {
    super(`An append of ${actual} ${unit} is over this storage's limit of ${limit}`, options)
    this.unit = unit
    this.actual = actual
    this.limit = limit
  }
}

/** A query with a field path, operator, limit or page token that is not one. */
export class InvalidQuery extends TidemarkError {
  readonly code = 'InvalidQuery'
}

/** An option of a call, such as `limit`, `from` or `timeout`, that cannot be used; thrown before any I/O. */
export class InvalidOption extends TidemarkError {
  readonly code = 'InvalidOption'
  readonly option: string
  /** @param expected what the option must be, such as `a whole number from 1` */
  constructor(option: string, expected: string, found: unknown) {
    super(`The option ${option} must be ${expected}, but is ${quote(found)}`)
    this.option = option
  }
}

/** A position that no append of Tidemark answered, or several that span too many streams. */
export class InvalidPosition extends TidemarkError {
  readonly code = 'InvalidPosition'
  constructor(reason = 'it cannot be read, or names what is not in the log', options?: ErrorOptions) {
    super(`This is not a position that an append answered: ${reason}`, options)
  }
}

/** A continuation that this storage's change feed did not give out for this range. */
export class InvalidContinuation extends TidemarkError {
  readonly code = 'InvalidContinuation'
  constructor(reason: string) {
    super(`This is not a continuation of this feed range: ${reason}`)
  }
}

/** A setting, from the environment, a URL or an option, that cannot be used. */
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

// Of an object, what it holds is nobody's business, and some cannot even be made a text.
const kindOf = (value: object | null): string =>
  value === null ? 'null' : value instanceof Date ? 'a Date' : Array.isArray(value) ? 'an array' : 'an object'
