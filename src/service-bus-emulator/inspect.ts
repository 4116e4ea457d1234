import type { MessageState } from './broker/messages/stored-message.ts'
import type { Queue } from './broker/queue.ts'
import { fieldOf, textOf } from './messages/message.ts'

/** A message that is in an entity. */
export type InspectedMessage = {
  readonly sequenceNumber: number
  readonly messageId: string | undefined
  readonly sessionId: string | undefined
  readonly subject: unknown
  readonly state: MessageState
  readonly isLocked: boolean
  readonly deliveryCount: number
}

/** What is in a queue, subscription or dead-letter queue, without a receiver. */
export type InspectedEntity = {
  readonly messages: readonly InspectedMessage[]
  readonly bytes: number
}

/** Looks into an entity, for tests. */
export function inspect(queue: Queue): InspectedEntity {
  return {
    bytes: queue.messages.bytes,
    messages: queue.messages.peek(0, Number.POSITIVE_INFINITY).map((stored) => ({
      sequenceNumber: stored.sequenceNumber,
      messageId: textOf(stored.message, 'messageId'),
      sessionId: stored.sessionId,
      subject: fieldOf(stored.message, 'subject'),
      state: stored.state,
      isLocked: stored.lock !== undefined,
      deliveryCount: stored.deliveryCount,
    })),
  }
}
