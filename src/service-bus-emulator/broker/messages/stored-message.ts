import type { Message } from '../../messages/message.ts'

/** Who has locked a message, and until when. */
export type MessageLock = {
  /** A UUID in hexadecimal digits, without hyphens. */
  readonly token: string
  /** Milliseconds since 1970. The lock of a session counts for the messages of the session. */
  until: number
}

/** The state of a message that is not on its way to a receiver. */
export type MessageState = 'active' | 'scheduled' | 'deferred'

/** A message in a queue, a subscription or a dead-letter queue. Times are milliseconds since 1970. */
export type StoredMessage = {
  readonly sequenceNumber: number
  /** The sequence number in the entity that the message was first sent to. */
  readonly enqueuedSequenceNumber: number
  message: Message
  /** The bytes of the message as it was encoded. */
  readonly size: number
  readonly sessionId: string | undefined
  state: MessageState
  enqueuedAt: number
  /** For a scheduled message, when it becomes active. */
  readonly dueAt: number
  readonly expiresAt: number
  /** How often it was delivered and not settled. */
  deliveryCount: number
  lock: MessageLock | undefined
}
