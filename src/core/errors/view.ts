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

/** The projection has no view under this key, or the view is gone. Reading a view in code returns null instead. */
export class ViewNotFound extends TidemarkError {
  readonly code = 'ViewNotFound'
  readonly projection: string
  readonly key: string
  constructor(projection: string, key: string) {
    super(`Projection ${projection} has no view ${key}`)
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

/**
 * Why a view did not reach a position in time: no worker holds the feed ranges that have it, the projection is paused or
 * stalled, or it is behind. `unknown` where that was not asked, or could not be found out.
 */
export type WaitReason = 'noWorker' | 'paused' | 'stalled' | 'behind' | 'unknown'

/** What is known of why a wait timed out. */
export type WaitObstacle = {
  readonly reason: WaitReason
  /** The reason in words. */
  readonly detail: string
  readonly behind?: number | null
  readonly eta?: number | null
}

/** The view did not reach the position in time. */
export class WaitTimedOut extends TidemarkError {
  readonly code = 'WaitTimedOut'
  readonly reason: WaitReason
  /** Where it is behind: the pending events on the feed ranges that have the position, or null where that is not known. */
  readonly behind: number | null
  /** Where it is behind: milliseconds until the position is reached at the current pace, or null for no ETA yet. */
  readonly eta: number | null
  readonly projection: string
  readonly key: string
  /** How long it waited, in milliseconds. */
  readonly timeout: number
  constructor(projection: string, key: string, timeout: number, obstacle?: WaitObstacle) {
    const why = obstacle ? `: ${obstacle.detail}` : ''
    super(`View ${key} of projection ${projection} did not reach the position within ${timeout} ms${why}`)
    this.reason = obstacle?.reason ?? 'unknown'
    this.behind = obstacle?.behind ?? null
    this.eta = obstacle?.eta ?? null
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
