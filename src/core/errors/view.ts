import { TidemarkError } from './base.ts'

/** A view's sequence is parked: what could be read would be stale. */
export class ViewParked extends TidemarkError {
  readonly code = 'ViewParked'
  readonly projection: string
  readonly key: string
  constructor(projection: string, key: string) {
    super(`View ${key} of projection ${projection} is parked after a failed event`)
    this.projection = projection
    this.key = key
  }
}

/** No sequence is parked there, or its first event is another one by now. */
export class NotParked extends TidemarkError {
  readonly code = 'NotParked'
  /** The projection or the reaction. */
  readonly projection: string
  /** The view's key, or the stream of a reaction. */
  readonly key: string
  constructor(projection: string, key: string, what = 'is not parked') {
    super(`${key} of ${projection} ${what}`)
    this.projection = projection
    this.key = key
  }
}

/** The view did not reach the position in time. */
export class WaitTimedOut extends TidemarkError {
  readonly code = 'WaitTimedOut'
  readonly projection: string
  readonly key: string
  /** Milliseconds that were waited. */
  readonly timeout: number
  constructor(projection: string, key: string, timeout: number) {
    super(`View ${key} of projection ${projection} did not reach the position within ${timeout} ms`)
    this.projection = projection
    this.key = key
    this.timeout = timeout
  }
}

/** A view that is larger than the storage's documents may be. */
export class ViewTooLarge extends TidemarkError {
  readonly code = 'ViewTooLarge'
  readonly bytes: number
  readonly limit: number
  constructor(viewId: string, bytes: number, limit: number) {
    super(`View ${viewId} would take ${bytes} bytes, over this storage's limit of ${limit}`)
    this.bytes = bytes
    this.limit = limit
  }
}

/** The database refuses a view's document for what is in it, and would refuse it again; `cause` says why. */
export class ViewRefused extends TidemarkError {
  readonly code = 'ViewRefused'
  readonly viewId: string
  constructor(viewId: string, reason: string, options?: ErrorOptions) {
    super(`View ${viewId} is refused by the database: ${reason}`, options)
    this.viewId = viewId
  }
}

/** A view that was saved by somebody else again and again, past the bound of retries. */
export class ViewContended extends TidemarkError {
  readonly code = 'ViewContended'
  readonly viewId: string
  constructor(viewId: string, attempts: number) {
    super(`View ${viewId} was changed by others during each of ${attempts} attempts to save it`)
    this.viewId = viewId
  }
}

/** A projection's own code threw, or answered what cannot be stored: the key function or a handler. */
export class HandlerFailed extends TidemarkError {
  readonly code = 'HandlerFailed'
  readonly projection: string
  /** The view that was folded, or null when it was the key function that failed. */
  readonly key: string | null
  readonly streamId: string
  readonly version: number
  constructor(
    projection: string,
    key: string | null,
    event: { readonly type: string; readonly streamId: string; readonly version: number },
    options: { readonly cause: unknown },
  ) {
    const what = key === null ? 'key function' : `handler for view ${key}`
    const why = options.cause instanceof Error ? options.cause.message : String(options.cause)
    super(`${projection}: the ${what} failed at ${event.streamId}:${event.version} (${event.type}): ${why}`, options)
    this.projection = projection
    this.key = key
    this.streamId = event.streamId
    this.version = event.version
  }
}
