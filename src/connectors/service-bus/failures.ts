import { BusEntityUnsuitable, BusLockLost, MessageRefused, MessageTooLarge } from '../../core/errors/bus.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'

// What says that the message is at fault. Everything else is waited for: a bus that is busy, gone, not allowed or not
// set up, and whatever the SDK throws when a connection breaks, even a TypeError.
const TOO_LARGE = 'MessageSizeExceeded'
const REFUSED = new Set(['ArgumentError', 'ArgumentOutOfRangeError', 'DecodeError', 'InvalidFieldError'])
const LOCK_LOST = new Set(['SessionLockLost', 'MessageLockLost', 'SessionCannotBeLocked', 'MessageNotFound'])
// A receiver with sessions was asked for where there are none.
const NO_SESSIONS = 'InvalidOperationError'

/**
 * What a failure to publish means: `DestinationUnavailable` unless it says that the message is at fault. The SDK's
 * retries end in an `AggregateError` without a code, whose errors are looked through; its own `retryable` is not used,
 * because it is false for a refused connection, for example.
 *
 * @param limit the most bytes in one message, if it is known
 */
export function publishFailure(address: string, error: unknown, limit: number | undefined): Error {
  const codes = codesOf(error)
  if (codes.length > 0 && codes.every((code) => code === TOO_LARGE)) {
    return new MessageTooLarge(address, limit, { cause: error })
  }
  if (codes.length > 0 && codes.every((code) => REFUSED.has(code))) {
    return new MessageRefused(address, codes[0] as string, { cause: error })
  }
  return unavailable(address, error)
}

/** What a failure to receive or to settle means. */
export function receiveFailure(entity: string, error: unknown): Error {
  const codes = codesOf(error)
  if (codes.some((code) => LOCK_LOST.has(code))) {
    return new BusLockLost(`${entity}: the lock of a session was lost`, { cause: error })
  }
  if (codes.includes(NO_SESSIONS)) {
    const fault = 'it has no sessions, without which messages have no order. Create it again with requiresSession'
    return new BusEntityUnsuitable(entity, fault, { cause: error })
  }
  return unavailable(entity, error)
}

/** Whether the error says that no session had messages within the waiting time. */
export const isNoSession = (error: unknown): boolean => codesOf(error).includes('ServiceTimeout')

/** The error to wait with. Its message has no text of the SDK, which may contain the names of hosts and policies. */
export const unavailable = (address: string, error: unknown): DestinationUnavailable =>
  new DestinationUnavailable(`${address} is unavailable: ${codesOf(error)[0] ?? nameOf(error)}`, { cause: error })

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error')

function codesOf(error: unknown): readonly string[] {
  const codes: string[] = []
  const seen = new Set<unknown>()
  const look = (found: unknown): void => {
    if (!(found instanceof Error) || seen.has(found)) return
    seen.add(found)
    if (found instanceof AggregateError) for (const one of found.errors) look(one)
    const { code } = found as { readonly code?: unknown }
    if (typeof code === 'string') codes.push(code === 'GeneralError' ? generalCode(found) : code)
    else look(found.cause)
  }
  look(error)
  return codes
}

// A code that the SDK has no name for stands at the beginning of the message: `ECONNREFUSED: connect …`.
const generalCode = ({ message }: Error): string => /^(\w+): /.exec(message)?.[1] ?? 'GeneralError'
