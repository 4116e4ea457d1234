import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

/** A view's sequence is parked, so reading it would return stale data. */
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

/** No sequence is parked under this key, or its first pending event is a different one by now. */
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
  /** How long it waited, in milliseconds. */
  readonly timeout: number
  constructor(projection: string, key: string, timeout: number) {
    super(`View ${key} of projection ${projection} did not reach the position within ${timeout} ms`)
    this.projection = projection
    this.key = key
    this.timeout = timeout
  }
}

/** A view exceeds the storage's limit for documents. */
export class ViewTooLarge extends TidemarkError {
  readonly code = 'ViewTooLarge'
  readonly bytes: number
  readonly limit: number
  constructor(viewId: string, bytes: number, limit: number) {
    super(`View ${viewId} would take ${bytes} bytes, which exceeds this storage's limit of ${limit}`)
    this.bytes = bytes
    this.limit = limit
  }
}

/** The database refuses a view's document because of its content, and would refuse it again; `cause` says why. */
export class ViewRefused extends TidemarkError {
  readonly code = 'ViewRefused'
  readonly viewId: string
  constructor(viewId: string, reason: string, options?: ErrorOptions) {
    super(`View ${viewId} is refused by the database: ${reason}`, options)
    this.viewId = viewId
  }
}

/** Other writers saved the view each time, up to the limit of retries. */
export class ViewContended extends TidemarkError {
  readonly code = 'ViewContended'
  readonly viewId: string
  constructor(viewId: string, attempts: number) {
    super(`View ${viewId} was changed by other writers during each of ${attempts} attempts to save it`)
    this.viewId = viewId
  }
}

/** A projection's own code, the key function or a handler, threw or returned a value that cannot be stored. */
export class HandlerFailed extends TidemarkError {
  readonly code = 'HandlerFailed'
  readonly projection: string
  /** The view that was folded, or null if the key function failed. */
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
    const at = eventReference(event.streamId, event.version)
    super(`${projection}: the ${what} failed at ${at} (${event.type}): ${why}`, options)
    this.projection = projection
    this.key = key
    this.streamId = event.streamId
    this.version = event.version
  }
}
