import type { EntityStatus } from '../broker/settings.ts'
import type { CorrelationFilter } from '../rules/rule.ts'
import type { Duration } from './duration.ts'

/** What queues, topics and subscriptions have in common. The names are those of the SDK's administration client. */
export type CommonOptions = {
  /** How long a message lives without another limit of its own; for ever by default. */
  readonly defaultMessageTimeToLive?: Duration
  /** `Active` by default. */
  readonly status?: EntityStatus
}

/** What those have in common that messages are sent to. */
export type IntakeOptions = {
  /** Whether a message with an id that was taken before is dropped; not by default. */
  readonly requiresDuplicateDetection?: boolean
  /** For how long ids are remembered, 20 seconds to 7 days; 10 minutes by default. */
  readonly duplicateDetectionHistoryTimeWindow?: Duration
  /** 256 by default, as on the Standard tier; up to 102,400. */
  readonly maxMessageSizeInKilobytes?: number
  /** 1,024 by default. */
  readonly maxSizeInMegabytes?: number
}

/** What those have in common that messages are received from. */
export type OutletOptions = {
  /** How long a message or a session is locked, up to 5 minutes; 1 minute by default. */
  readonly lockDuration?: Duration
  /** How often a message is delivered before it is dead-lettered, 1 to 2,000; 10 by default. */
  readonly maxDeliveryCount?: number
  /** Whether messages are received by session; not by default. */
  readonly requiresSession?: boolean
  /** Whether messages that expire are dead-lettered; they are dropped by default. */
  readonly deadLetteringOnMessageExpiration?: boolean
  /** The queue or topic that gets all messages. */
  readonly forwardTo?: string
  /** The queue or topic that gets the dead-lettered messages. */
  readonly forwardDeadLetteredMessagesTo?: string
}

/** A queue. */
export type QueueOptions = CommonOptions & IntakeOptions & OutletOptions

/** A rule of a subscription: a filter of one of two kinds, and what it changes in a message. */
export type RuleOptions = {
  /** A condition in the SQL of Service Bus; `1=1` by default. */
  readonly sqlFilter?: string
  readonly correlationFilter?: CorrelationFilter
  /** A list of `SET` and `REMOVE` statements. */
  readonly sqlAction?: string
}

/** A subscription. */
export type SubscriptionOptions = CommonOptions &
  OutletOptions & {
    /** By name; without this, one rule that takes everything. */
    readonly rules?: Readonly<Record<string, RuleOptions>>
    /** Whether a message on which a filter cannot be evaluated is dead-lettered; it is not by default. */
    readonly deadLetteringOnFilterEvaluationExceptions?: boolean
  }

/** A topic. */
export type TopicOptions = CommonOptions &
  IntakeOptions & {
    /** By name. */
    readonly subscriptions?: Readonly<Record<string, SubscriptionOptions>>
  }

/** The entities of a namespace, by name. */
export type EntityOptions = {
  readonly queues?: Readonly<Record<string, QueueOptions>>
  readonly topics?: Readonly<Record<string, TopicOptions>>
}
