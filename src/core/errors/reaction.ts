import { eventReference } from '../events/event-reference.ts'
import { TidemarkError } from './base.ts'

/**
 * What a reaction's handler calls is unavailable: down, throttled, or not accessible. A handler, or what it calls, throws
 * this. It says that no event is at fault, so the reaction waits for the destination and parks nothing.
 */
export class DestinationUnavailable extends TidemarkError {
  readonly code = 'DestinationUnavailable'
  /** Milliseconds after which the destination asked to be called again, or undefined. */
  readonly retryAfter: number | undefined
  constructor(message: string, { retryAfter, ...options }: ErrorOptions & { readonly retryAfter?: number } = {}) {
    super(message, options)
    this.retryAfter = retryAfter
  }
}

/** The process of a worker ended while it handled an event, and nothing else of the reaction, at the last attempt. */
export class ProcessEnded extends TidemarkError {
  readonly code = 'ProcessEnded'
  readonly projection: string
  readonly streamId: string
  readonly version: number
  /** How often the event was tried. */
  readonly attempts: number
  constructor(
    reaction: string,
    { streamId, version }: { readonly streamId: string; readonly version: number },
    attempts: number,
  ) {
    super(
      `${reaction}: the worker's process ended while it handled ${eventReference(streamId, version)}, at attempt ${attempts}, the last`,
    )
    this.projection = reaction
    this.streamId = streamId
    this.version = version
    this.attempts = attempts
  }
}

/** A handler acknowledged its event early, but another worker, which owns the range now, parked it. */
export class AcknowledgementRefused extends TidemarkError {
  readonly code = 'AcknowledgementRefused'
  readonly projection: string
  readonly streamId: string
  readonly version: number
  constructor(reaction: string, { streamId, version }: { readonly streamId: string; readonly version: number }) {
    super(`${reaction}: another worker parked ${eventReference(streamId, version)}, so it cannot be acknowledged`)
    this.projection = reaction
    this.streamId = streamId
    this.version = version
  }
}
