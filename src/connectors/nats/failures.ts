import { MessageTooLarge } from '../../core/errors/bus.ts'
import { DestinationUnavailable } from '../../core/errors/reaction.ts'

// What the server responds to a message that exceeds the limits of the stream, for its content or its headers.
const TOO_LARGE: readonly unknown[] = [10054, 10097]

/** What a failed publication means: the message is at fault only if it is too large; anything else may pass. */
export function publishError(error: unknown, address: string, limit: number | undefined): Error {
  const { name, code } = parts(error)
  // The client throws the first before it sends anything.
  if (name === 'InvalidArgumentError') return new MessageTooLarge(address, limit, { cause: error })
  if (name === 'JetStreamApiError' && TOO_LARGE.includes(code))
    return new MessageTooLarge(address, undefined, { cause: error })
  return away(error, address)
}

/** That NATS, or what is needed in it, is unavailable. */
export function away(error: unknown, name: string): DestinationUnavailable {
  if (error instanceof DestinationUnavailable) return error
  const isMissing = parts(error).name === 'JetStreamNotEnabled'
  const text = error instanceof Error ? error.message : String(error)
  const reason = isMissing ? 'no stream of JetStream takes messages of this subject, or JetStream is not enabled' : text
  return new DestinationUnavailable(`NATS, ${name}: ${reason}`, { cause: error })
}

// Not by class: the client that the caller created may come from another copy of the package.
const parts = (error: unknown): { readonly name?: unknown; readonly code?: unknown } => Object(error)
