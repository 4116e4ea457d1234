import type { NewEventDocument } from '../port/event-document.ts'

/** What a writer's seal covers. */
export type SealableEvent = NewEventDocument & {
  readonly streamId: string
  /** The version that the event gets, or null if the append leaves it open. */
  readonly version: number | null
}

/**
 * Shows that an event comes from a process that has the writers' key, which the database does not have.
 * `tidemark/integrity` provides it.
 */
export interface WriterSeal {
  /** The text for `metadata.mac`. @throws NotJson */
  seal(event: SealableEvent): string
}
