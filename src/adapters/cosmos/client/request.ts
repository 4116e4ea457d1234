import type { Clock } from '../../../core/clock.ts'
import { StorageBusy } from '../../../core/errors/storage.ts'
import { chargeOf, type RequestCharge } from './charges.ts'
import { AnswerLost, type Failure, failureOf, gaveUp, type Headers, refusal } from './errors.ts'
import { pauseBefore } from './retry.ts'
import type { Sessions } from './sessions.ts'

/** What every request is sent with: spread it into the SDK's options, beside what is the request's own. */
export type SentOptions = {
  readonly abortSignal: AbortSignal
  readonly sessionToken?: string
  readonly consistencyLevel?: string
  readonly initialHeaders?: { readonly [name: string]: string }
}

// What is looked at in an answer of the SDK, where it is there.
type Answer = {
  readonly headers?: Headers | undefined
  readonly statusCode?: number | undefined
  readonly substatus?: number | undefined
}

/** One request. */
export type Request<A> = {
  /** Whose session it belongs to; without one, no token goes with it. */
  readonly sessions?: Sessions
  /**
   * What a lost answer means: `read` asks again, and so does `repeatable`, a write that can be made twice; a `write`
   * throws `AnswerLost`, and its caller looks what became of it.
   */
  readonly kind: 'read' | 'repeatable' | 'write'
  send(options: SentOptions): Promise<A>
}

/** One call of the port, while it runs. */
export type Operation = {
  /**
   * Makes a request, again and again where that is right: while the server throttles (429, 449), while what the session
   * token names is not there yet, while nobody answers, until the operation's deadline.
   *
   * @throws StorageBusy, StorageUnavailable after the deadline; StorageAccessDenied, StorageNotSetUp, StorageFull;
   *   `Refused` for any other status from 400 on, but for a 404 that the SDK answers as an absent item; `AnswerLost`
   */
  request<A>(request: Request<A>): Promise<A>
  /**
   * Waits a little, before something is tried again that others came in between of.
   *
   * @param attempt 0 the first time
   * @throws StorageBusy when the deadline would come before
   */
  again(attempt: number): Promise<void>
  /** Ends at the deadline, or with the caller's own signal. */
  readonly signal: AbortSignal
}

export type RequestSettings = {
  /** What waits. */
  readonly timing: Clock
  /** Milliseconds that one call of the port may take. */
  readonly deadline: number
  /** The account's own level, so that a client that was made with a weaker one does not weaken this. */
  readonly consistencyLevel?: string | undefined
  report(charge: RequestCharge): void
}

// Nobody reads it. Without a reason, each call would make an exception with its stack, which costs as much as the rest.
const ENDED = 'ended'

/** Runs one call of the port: all its requests share a deadline, and its charge is reported when it ends. */
export async function runOperation<T>(
  settings: RequestSettings,
  name: string,
  work: (operation: Operation) => Promise<T>,
  callerSignal?: AbortSignal,
): Promise<T> {
  callerSignal?.throwIfAborted()
  const { timing, deadline } = settings
  const expiry = new AbortController()
  const ended = new AbortController()
  const until = timing.now() + deadline
  timing.sleep(deadline, ended.signal).then(() => ended.signal.aborted || expiry.abort())
  const signal = callerSignal ? AbortSignal.any([callerSignal, expiry.signal]) : expiry.signal
  let last: Failure | undefined
  let [charge, requests] = [0, 0]

  const note = (sessions: Sessions | undefined, headers: Headers | undefined) => {
    if (headers?.['x-ms-request-charge'] !== undefined) requests++
    charge += chargeOf(headers)
    sessions?.merge(sessionOf(headers))
  }
  const stop = (): never => {
    callerSignal?.throwIfAborted()
    throw gaveUp(last, deadline)
  }
  const request = async <A>({ sessions, kind, send }: Request<A>): Promise<A> => {
    for (let attempt = 0; ; attempt++) {
      if (signal.aborted) stop()
      try {
        const answer = await unlessAborted(send(optionsFor(settings, sessions, signal)), signal)
        const { headers, statusCode, substatus } = answer as Answer
        if (!isSwallowed(statusCode, substatus)) {
          note(sessions, headers)
          return answer
        }
        last = failureOf({ headers, code: statusCode, substatus })
      } catch (error) {
        if (signal.aborted) stop()
        last = failureOf(error)
      }
      note(sessions, last.headers)
      if (last.kind === 'refused') throw refusal(last)
      if (last.kind === 'lost' && kind === 'write') throw new AnswerLost(last)
      const pause = pauseBefore(attempt, last.retryAfter, Math.random())
      if (timing.now() + pause >= until) stop()
      await timing.sleep(pause, signal)
    }
  }
  const again = async (attempt: number) => {
    const pause = pauseBefore(attempt, undefined, Math.random())
    if (timing.now() + pause >= until) {
      throw new StorageBusy(`Others came in between for longer than ${deadline} ms`, { cause: last?.cause })
    }
    await timing.sleep(pause, signal)
  }
  try {
    return await work({ request, again, signal })
  } finally {
    ended.abort(ENDED)
    settings.report({ operation: name, charge, requests })
  }
}

/** The session token that an answer carries: of one range, where one answered. */
export function sessionOf(headers: Headers | undefined): string | undefined {
  const token = headers?.[SESSION_TOKEN]
  return typeof token === 'string' && token !== '' ? token : undefined
}

const SESSION_TOKEN = 'x-ms-session-token'

function optionsFor(settings: RequestSettings, sessions: Sessions | undefined, signal: AbortSignal): SentOptions {
  const sessionToken = sessions?.token
  const { consistencyLevel } = settings
  return {
    abortSignal: signal,
    ...(sessions && consistencyLevel && { consistencyLevel }),
    // When a replica does not have yet what the token names, the SDK asks again without it and takes a stale answer:
    // it deletes the header by this name in lower case only, so the token is given twice.
    ...(sessionToken && { sessionToken, initialHeaders: { [SESSION_TOKEN.toUpperCase()]: sessionToken } }),
  }
}

// `Item.read` answers a 404 as an absent item, whatever the substatus: session not available, or no container.
const isSwallowed = (status: number | undefined, substatus: number | undefined): boolean =>
  status === 404 && !!substatus

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
