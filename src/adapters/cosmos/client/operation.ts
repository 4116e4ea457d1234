import type { OpenContainer } from './open-container.ts'
import type { Target } from './sessions/sessions.ts'

/** What every request is sent with: spread it into the SDK's options, beside what is the request's own. */
export type SentOptions = {
  readonly abortSignal: AbortSignal
  readonly sessionToken?: string
  readonly consistencyLevel?: string
  readonly initialHeaders?: { readonly [name: string]: string }
}

/**
 * What a lost answer means: `read` tries again, and so does `repeatable`, a write that can be made twice; a `write`
 * throws `AnswerLost`, and its caller looks what became of it.
 */
export type RequestKind = 'read' | 'repeatable' | 'write'

/** One request. */
export type Request<A> = {
  /** The container whose session it belongs to, and the partition that it goes to; without one, no token goes with it. */
  readonly in?: OpenContainer
  readonly at?: Target
  readonly kind: RequestKind
  /** How often a 408 may be answered, which then is thrown as `AnswerLost`; by default until the deadline. */
  readonly mostTimeouts?: number
  send(options: SentOptions): Promise<A>
}

/** One call of the port, while it runs. */
export type Operation = {
  /**
   * Makes a request, again and again where that is right: while the server throttles (429, 449), while what the session
   * token names is not there yet, while nobody answers, until the operation's deadline.
   *
   * @throws StorageBusy, StorageUnavailable after the deadline; StorageAccessDenied, StorageNotSetUp, StorageFull;
   *   UnsupportedStorage for a request that the SDK itself refuses; `Refused` for any other status from 400 on, but for
   *   a 404 that the SDK answers as an absent item; `AnswerLost`
   */
  request<A>(request: Request<A>): Promise<A>
  /**
   * Waits a little before something is tried again because others came in between, or because the server throttles.
   *
   * @param attempt 0 the first time
   * @throws StorageBusy when the deadline would come before
   */
  again(attempt: number, why?: 'throttled'): Promise<void>
  /** Ends at the deadline, or with the caller's own signal. */
  readonly signal: AbortSignal
}

/**
 * Runs each part of what may take many requests as a call of its own: each has its own deadline, so that it comes to an
 * end however much there is to be passed over.
 */
export type Steps = <T>(work: (operation: Operation) => Promise<T>) => Promise<T>
