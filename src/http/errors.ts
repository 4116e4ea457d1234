import { TidemarkError } from '../core/errors/base.ts'

/** A header `If-Match` or `If-None-Match` that is malformed, or not supported by the request. */
export class InvalidPrecondition extends TidemarkError {
  readonly code = 'InvalidPrecondition'
  readonly header: string
  constructor(header: string, expected: string) {
    super(`The header ${header} must be ${expected}`)
    this.header = header
  }
}

/** None of the entity tags in `If-Match` can be current: they are weak, or not tags of this resource. */
export class PreconditionFailed extends TidemarkError {
  readonly code = 'PreconditionFailed'
  constructor() {
    super('No entity tag in If-Match can be current: read the resource again and send the ETag of that response')
  }
}

/** A write without the `If-Match` that the server requires. */
export class PreconditionRequired extends TidemarkError {
  readonly code = 'PreconditionRequired'
  constructor() {
    super('This request requires the header If-Match with the ETag of the version that it changes')
  }
}

/** The limit of open event streams is reached, or the server is shutting down. */
export class EventStreamRefused extends TidemarkError {
  readonly code = 'EventStreamRefused'
  /** @param limit the limit that is reached; undefined when the server is shutting down */
  constructor(limit: number | undefined) {
    super(
      limit === undefined
        ? 'The server is shutting down: reconnect later'
        : `All ${limit} event streams are in use: retry later`,
    )
  }
}
