import { codec } from '../../messages/codec.ts'
import { type Message, withApplicationProperties } from '../../messages/message.ts'

/** Why a message is dead-lettered. */
export type DeadLetterReason = { readonly reason?: string; readonly description?: string }

/** The reasons that the service itself gives. */
export const REASON = {
  expired: { reason: 'TTLExpiredException', description: 'The message expired and was dead lettered.' },
  tooManyDeliveries: (most: number) => ({
    reason: 'MaxDeliveryCountExceeded',
    description: `Message could not be consumed after ${most} delivery attempts.`,
  }),
  noSession: {
    reason: 'Session ID is null.',
    description: "Session enabled entity doesn't allow a message whose session identifier is null.",
  },
  tooManyHops: {
    reason: 'MaxTransferHopCountExceeded',
    description: 'The maximum number of allowed hops when forwarding between entities is exceeded.',
  },
} as const

/** The message as it is in a dead-letter queue. */
export function withReason(message: Message, { reason, description }: DeadLetterReason): Message {
  const properties = Object.entries({ DeadLetterReason: reason, DeadLetterErrorDescription: description })
  return withApplicationProperties(
    message,
    properties.flatMap(([name, value]) => (value === undefined ? [] : [[name, codec.wrap_string(value)] as const])),
  )
}
