import type { OpenContainer } from './open-container.ts'
import type { Target } from './sessions/sessions.ts'

/** Options of every request: spread them into the SDK's options, beside the request's own. */
export type SentOptions = {
  readonly abortSignal: AbortSignal
  readonly sessionToken?: string
  readonly consistencyLevel?: string
  readonly initialHeaders?: { readonly [name: string]: string }
}

/**
 * How a lost response is handled: `read` retries, and so does `repeatable`, an idempotent write; a `write` throws
 * `AnswerLost`, and its caller finds out whether it was done.
 */
export type RequestKind = 'read' | 'repeatable' | 'write'

/** One request. */
export type Request<A> = {
  /**
   * The container whose session it belongs to, and the partition that it goes to; without one, it is sent without a
   * token.
   */
  readonly in?: OpenContainer
  readonly at?: Target
  readonly kind: RequestKind
  /** How many 408 responses are tolerated before one is thrown as `AnswerLost`; by default until the deadline. */
  readonly mostTimeouts?: number
  send(options: SentOptions): Promise<A>
}

/** One call of the port, while it runs. */
export type Operation = {
  /**
   * Sends a request and retries it, if that is right, until the operation's deadline: while the server throttles (429,
   * 449), while a replica lags behind the session token, or while there is no response.
   *
   * @throws StorageBusy, StorageUnavailable after the deadline; StorageAccessDenied, StorageNotSetUp, StorageFull;
   *   UnsupportedStorage for a request that the SDK itself refuses; `Refused` for any other status from 400 on, except
   *   a 404 that the SDK returns as an absent item; `AnswerLost`
   */
  request<A>(request: Request<A>): Promise<A>
  /**
   * Waits before something is retried because other writers were first, or because the server throttles.
   *
   * @param attempt 0 the first time
   * @throws StorageBusy if the deadline would pass before
   */
  again(attempt: number, why?: 'throttled'): Promise<void>
  /** Aborted at the deadline, or by the caller's own signal. */
  readonly signal: AbortSignal
}

/**
 * Runs each part of what may take many requests as a separate call: each has its own deadline, so that it finishes
 * however much must be skipped.
 */
export type Steps = <T>(work: (operation: Operation) => Promise<T>) => Promise<T>
