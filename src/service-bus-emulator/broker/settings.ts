/** Whether messages can be sent to an entity and received from it. */
export type EntityStatus = 'Active' | 'Disabled' | 'SendDisabled' | 'ReceiveDisabled'

/** What a topic or a queue asks of the messages sent to it. Times are milliseconds, sizes are bytes. */
export type IntakeSettings = {
  readonly requiresSession: boolean
  readonly requiresDuplicateDetection: boolean
  readonly duplicateDetectionHistoryTimeWindow: number
  readonly maxMessageSize: number
  readonly maxSize: number
  readonly status: EntityStatus
}

/** How a queue, a subscription or a dead-letter queue keeps and hands out messages. Times are milliseconds. */
export type QueueSettings = IntakeSettings & {
  readonly lockDuration: number
  readonly maxDeliveryCount: number
  /** `Infinity` for none. */
  readonly defaultMessageTimeToLive: number
  readonly deadLetteringOnMessageExpiration: boolean
  readonly forwardTo?: string
  readonly forwardDeadLetteredMessagesTo?: string
}

/** The settings of a topic. */
export type TopicSettings = IntakeSettings & { readonly defaultMessageTimeToLive: number }

/** The settings of a subscription that concern its rules. */
export type SubscriptionSettings = QueueSettings & { readonly deadLetteringOnFilterEvaluationExceptions: boolean }
