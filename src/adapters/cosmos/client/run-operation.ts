import type { Clock } from '../../../core/clock.ts'
import { StorageBusy } from '../../../core/errors/storage.ts'
import { loadPartitions } from '../partitions/load-partitions.ts'
import { type Answer, isSwallowed, SESSION_TOKEN, sessionOf, unlessAborted } from './answers.ts'
import { chargeOf, type RequestCharge } from './charges.ts'
import { gaveUp } from './failures/errors.ts'
import { FailedAttempts } from './failures/failed-attempts.ts'
import { type Failure, failureOf, type Headers } from './failures/failure.ts'
import { retryDelay } from './failures/retry-delay.ts'
import type { OpenContainer } from './open-container.ts'
import type { Operation, Request, SentOptions } from './operation.ts'
import { forgetWhatWasLost } from './sessions/lost-sessions.ts'
import type { Target } from './sessions/sessions.ts'

export type RequestSettings = {
  /** The clock to wait with. */
  readonly timing: Clock
  /** The time limit of one call of the port, in milliseconds. */
  readonly deadline: number
  /** The account's own level, so that a client that was created with a weaker one does not weaken this. */
  readonly consistencyLevel?: string | undefined
  report(charge: RequestCharge): void
}

// The reason is never read, but without one, each call would create an exception with its stack, which costs as much as
// everything else.
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
  const statuses: Record<string, number> = {}

  const note = (container: Request<unknown>['in'], headers: Headers | undefined, status: unknown) => {
    if (headers?.['x-ms-request-charge'] !== undefined) {
      requests++
      statuses[String(status)] = (statuses[String(status)] ?? 0) + 1
    }
    charge += chargeOf(headers)
    container?.sessions.merge(sessionOf(headers))
  }
  const stop = (): never => {
    callerSignal?.throwIfAborted()
    throw gaveUp(last, deadline)
  }

  async function attempt<A>({ in: container, at, send }: Request<A>): Promise<{ answer: A } | { failure: Failure }> {
    try {
      const answer = await unlessAborted(send(optionsFor(settings, { in: container, at }, signal)), signal)
      const { headers, statusCode, substatus } = answer as Answer
      if (!isSwallowed({ statusCode, substatus })) {
        // A page of a query has no status of its own.
        note(container, headers, statusCode ?? 200)
        return { answer }
      }
      return { failure: failureOf({ headers, code: statusCode, substatus }) }
    } catch (error) {
      if (signal.aborted) stop()
      return { failure: failureOf(error) }
    }
  }

  async function request<A>(asked: Request<A>): Promise<A> {
    const failed = new FailedAttempts(asked)
    for (let attempts = 0; ; attempts++) {
      if (signal.aborted) stop()
      // While it was read, the response to another request may have shown a partition that it lacks.
      while (asked.in?.sessions.needsMap) await loadPartitions(operation, asked.in)
      const made = await attempt(asked)
      if ('answer' in made) return made.answer
      last = made.failure
      note(asked.in, last.headers, last.status)
      const error = failed.add(last)
      if (error !== undefined) throw error
      if (asked.in && asked.at && failed.isBehindForLong) await forgetWhatWasLost(operation, asked.in, asked.at)
      const pause = retryDelay(attempts, last.retryAfter)
      if (timing.now() + pause >= until) stop()
      await timing.sleep(pause, signal)
    }
  }

  async function again(attempts: number, why?: 'throttled'): Promise<void> {
    const pause = retryDelay(attempts)
    if (timing.now() + pause >= until) {
      const what = why === 'throttled' ? 'Azure Cosmos DB throttled' : 'Other writers were first'
      throw new StorageBusy(`${what} for longer than ${deadline} ms`, { cause: last?.cause })
    }
    await timing.sleep(pause, signal)
  }

  const operation: Operation = { request, again, signal }
  try {
    return await work(operation)
  } finally {
    ended.abort(ENDED)
    settings.report({ operation: name, charge, requests, statuses })
  }
}

function optionsFor(
  { consistencyLevel }: RequestSettings,
  { in: container, at }: { readonly in: OpenContainer | undefined; readonly at: Target | undefined },
  signal: AbortSignal,
): SentOptions {
  const sessionToken = container && at && container.sessions.tokenFor(at)
  // If a request asks for session consistency without a token, the SDK adds its own, of all partitions.
  const needsLevel = container && (sessionToken !== undefined || consistencyLevel !== 'Session')
  return {
    abortSignal: signal,
    ...(needsLevel && consistencyLevel && { consistencyLevel }),
    // If a replica lags behind the token, the SDK retries without it and accepts a stale response. It deletes the
    // header by this name in lower case only, so the token is sent twice.
    ...(sessionToken && { sessionToken, initialHeaders: { [SESSION_TOKEN.toUpperCase()]: sessionToken } }),
  }
}
