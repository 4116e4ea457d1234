import type { Subject } from '../subjects/subject.ts'

/** What the functions of a rule get. Both members are frozen. */
export type RuleInput<Event> = {
  readonly event: Event
  /** The subject before the event; for an action, as the actions before it leave it. */
  readonly subject: Subject
}
