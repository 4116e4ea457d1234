import type { CosmosRequest, CosmosResponse } from '../protocol/message.ts'

/** What goes wrong with one request. Its members come about in this order. */
export type Fault = {
  /** Milliseconds to wait. */
  readonly delay?: number
  /** The connection breaks: the client gets no answer. */
  readonly cut?: true
  /** Before the request is handled: the call of a stored procedure, counted from 0, that is refused. */
  readonly refusesCall?: number
  /** An error in the place of the answer. */
  readonly answer?: {
    readonly status: number
    readonly substatus?: number
    /** The text of the answer, where it shall be none of the service's own errors in JSON. */
    readonly body?: string
    /** The service's word for it, such as `TooManyRequests`. */
    readonly code?: string
    /** Milliseconds that the client is told to wait. */
    readonly retryAfter?: number
  }
}

/**
 * Decides about each request twice: before it is handled, when a fault keeps it from being handled, and after, when it
 * was handled and `response` would be sent.
 */
export type FaultHook = (request: CosmosRequest, response: CosmosResponse | undefined) => Fault | undefined
