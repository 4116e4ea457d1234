import type { Headers } from './failures/failure.ts'

/** What is looked at in an answer of the SDK, where it is there. */
export type Answer = {
  readonly headers?: Headers | undefined
  readonly statusCode?: number | undefined
  readonly substatus?: number | undefined
}

export const SESSION_TOKEN = 'x-ms-session-token'

/** The session token that an answer carries: of one range, where one answered. */
export function sessionOf(headers: Headers | undefined): string | undefined {
  const token = headers?.[SESSION_TOKEN]
  return typeof token === 'string' && token !== '' ? token : undefined
}

/** `Item.read` answers a 404 as an absent item, whatever the substatus: session not available, or no container. */
export const isSwallowed = ({ statusCode, substatus }: Answer): boolean => statusCode === 404 && !!substatus

/** The outcome of some work, or the reason of a signal that is aborted before. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
