import type { Message } from '../messages/message.ts'

/** A rule of a subscription, ready to run. */
export type Rule = {
  readonly name: string
  /** What it was made from, for those who list rules. */
  readonly description: RuleDescription
  /** Whether the subscription takes a message. @throws FilterError if the filter cannot be evaluated on it */
  readonly matches: (message: Message) => boolean
  /** What the subscription gets of it; `undefined` for the message as it is. */
  readonly change: ((message: Message) => Message) | undefined
}

/** A rule as it is written down. */
export type RuleDescription = {
  readonly sqlFilter?: string
  readonly correlationFilter?: CorrelationFilter
  readonly sqlAction?: string
}

/** The values that the properties of a message must have. */
export type CorrelationFilter = {
  readonly correlationId?: string
  readonly messageId?: string
  readonly to?: string
  readonly replyTo?: string
  readonly subject?: string
  readonly sessionId?: string
  readonly replyToSessionId?: string
  readonly contentType?: string
  readonly applicationProperties?: Readonly<Record<string, unknown>>
}

/** A filter that cannot be evaluated on a message. */
export class FilterError extends Error {}

/** A rule that cannot be read. The message says what it has or lacks, as in `ends too early`. */
export class InvalidRule extends Error {}
