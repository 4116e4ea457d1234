import { TidemarkError } from '../core/errors/base.ts'
import type { DataIssue } from '../core/errors/input.ts'

// Of a batch in which everything is wrong, the first ones are enough.
const MOST_ISSUES = 100

/** A request whose events cannot be appended, because of what they are. Nothing was appended. */
export class InvalidRequest extends TidemarkError {
  readonly code = 'InvalidRequest'
  /** Where in the request, such as `[3].source` in a batch, and what. */
  readonly issues: readonly DataIssue[]
  constructor(issues: readonly DataIssue[]) {
    const [first] = issues
    super(
      `The request is invalid${first ? `: ${first.path ? `${first.path}: ` : ''}${first.message}` : ''}${issues.length > 1 ? `, and ${issues.length - 1} more` : ''}`,
    )
    this.issues = issues.slice(0, MOST_ISSUES)
  }
}

/** A request whose sender is not known. */
export class Unauthenticated extends TidemarkError {
  readonly code = 'Unauthenticated'
  constructor(options?: ErrorOptions) {
    super('This request needs valid credentials', options)
  }
}

/** A request whose sender may not do this; an `authenticate` function throws it. */
export class Forbidden extends TidemarkError {
  readonly code = 'Forbidden'
  constructor(options?: ErrorOptions) {
    super('The sender may not send events here', options)
  }
}

/** A request with another method than the resource has. */
export class MethodNotAllowed extends TidemarkError {
  readonly code = 'MethodNotAllowed'
  constructor() {
    super('Events are sent with POST')
  }
}

/** A request whose body did not arrive in time. */
export class RequestTimeout extends TidemarkError {
  readonly code = 'RequestTimeout'
  constructor(milliseconds: number) {
    super(`The body did not arrive within ${milliseconds} ms`)
  }
}

/** A request with more bytes or events than are accepted at once. */
export class BodyTooLarge extends TidemarkError {
  readonly code = 'BodyTooLarge'
  readonly unit: 'events' | 'bytes'
  readonly limit: number
  constructor(unit: 'events' | 'bytes', limit: number) {
    super(`A request may have at most ${limit} ${unit}; divide it`)
    this.unit = unit
    this.limit = limit
  }
}

/** A request whose body is in no format that is accepted here. */
export class UnsupportedMediaType extends TidemarkError {
  readonly code = 'UnsupportedMediaType'
}

/** More requests at once than are accepted. Retry later. */
export class TooManyRequests extends TidemarkError {
  readonly code = 'TooManyRequests'
  constructor() {
    super('Too many requests are in progress; send it again later')
  }
}
