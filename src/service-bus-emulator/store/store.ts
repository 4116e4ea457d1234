import type { StoredMessage } from '../broker/messages/stored-message.ts'
import type { QueueSettings, SubscriptionSettings, TopicSettings } from '../broker/settings.ts'
import type { RuleDescription } from '../rules/rule.ts'

/** What an entity is made from. Names and paths are as they were given. */
export type EntityDefinition =
  | { readonly kind: 'queue'; readonly name: string; readonly settings: QueueSettings }
  | { readonly kind: 'topic'; readonly name: string; readonly settings: TopicSettings }
  | {
      readonly kind: 'subscription'
      readonly topic: string
      readonly name: string
      readonly settings: SubscriptionSettings
      readonly rules: readonly (RuleDescription & { readonly name: string })[]
    }

/** What a store kept of an earlier process. */
export type Kept = {
  /** Topics come before their subscriptions. */
  readonly entities: readonly EntityDefinition[]
  readonly messages: readonly { readonly entity: string; readonly message: StoredMessage }[]
  readonly sequences: readonly { readonly entity: string; readonly next: number }[]
  readonly sessionStates: readonly { readonly entity: string; readonly sessionId: string; readonly state: Buffer }[]
  readonly taken: readonly { readonly entity: string; readonly messageId: string; readonly at: number }[]
}

/** Where the broker writes what must outlive its process. */
export type Store = {
  /** What `work` changes is written in full before this returns, or not at all if the process dies. */
  atomically<Result>(work: () => Result): Result
  saveEntity(path: string, definition: EntityDefinition): void
  /** Removes an entity with all that is in it. */
  removeEntity(path: string): void
  saveMessage(entity: string, message: StoredMessage): void
  removeMessage(entity: string, sequenceNumber: number): void
  /** @param next the sequence number that the next message of the entity gets */
  saveSequence(entity: string, next: number): void
  saveSessionState(entity: string, sessionId: string, state: Buffer | undefined): void
  saveTaken(entity: string, messageId: string, at: number): void
  removeTaken(entity: string, messageId: string): void
  /** What was written before. */
  load(): Kept
  close(): void
}

/** Keeps nothing. */
export const NO_STORE: Store = {
  atomically: (work) => work(),
  saveEntity() {},
  removeEntity() {},
  saveMessage() {},
  removeMessage() {},
  saveSequence() {},
  saveSessionState() {},
  saveTaken() {},
  removeTaken() {},
  load: () => ({ entities: [], messages: [], sequences: [], sessionStates: [], taken: [] }),
  close() {},
}
