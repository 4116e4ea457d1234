import type { Headers } from './failures/failure.ts'

/** The members of an SDK response that are used, if present. */
export type Answer = {
  readonly headers?: Headers | undefined
  readonly statusCode?: number | undefined
  readonly substatus?: number | undefined
}

export const SESSION_TOKEN = 'x-ms-session-token'

/** The session token of a response: of one range, if only one responded. */
export function sessionOf(headers: Headers | undefined): string | undefined {
  const token = headers?.[SESSION_TOKEN]
  return typeof token === 'string' && token !== '' ? token : undefined
}

/** `Item.read` returns a 404 as an absent item, whatever the substatus: session not available, or no container. */
export const isSwallowed = ({ statusCode, substatus }: Answer): boolean => statusCode === 404 && !!substatus

/** The result of some work, or the reason of a signal that is aborted first. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
