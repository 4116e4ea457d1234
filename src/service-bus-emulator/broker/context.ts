import type { Message } from '../messages/message.ts'
import type { Store } from '../store/store.ts'

/** A message on its way from one entity to another. */
export type Forwarded = {
  readonly message: Message
  readonly enqueuedSequenceNumber: number
  /** How often it was forwarded before. */
  readonly hops: number
}

/** What an entity needs from the namespace that it is in. */
export type EntityContext = {
  readonly store: Store
  now(): number
  newToken(): string
  newId(): string
  /** Has `advance` called for each entity no later than this time, in milliseconds since 1970. */
  wakeBy(time: number): void
  /** @throws BrokerError if the namespace is full */
  assertRoom(messages: number): void
  /** @throws BrokerError if the other entity cannot take it */
  forward(to: string, forwarded: Forwarded): void
}
