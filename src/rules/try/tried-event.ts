import type { JsonObject } from '../../core/json/json.ts'
import type { EventPlace } from '../explain/explanation.ts'
import type { CheckVerdict, EntryStored, PropertyChanged } from '../subjects/subject-events.ts'

/** What a rule writes when it fires, without the record that it did. Personal members of emitted events are left out. */
export type Writes = {
  readonly changes: readonly PropertyChanged[]
  readonly emitted: readonly { readonly type: string; readonly data: JsonObject }[]
  readonly entries: readonly EntryStored[]
}

/** What a rule says about an event: it fires, or its last check says no. */
export type TriedDecision =
  | ({ readonly outcome: 'fired'; readonly checks: readonly CheckVerdict[] } & Writes)
  | { readonly outcome: 'blocked'; readonly checks: readonly CheckVerdict[]; readonly blockedBy: string }

/** What a rule would have done about an event. */
export type Would =
  | TriedDecision
  /** It would fail, so that the event's stream would be parked. */
  | { readonly outcome: 'failed'; readonly error: { readonly code: string; readonly message: string } }
  /** The stream of the subject was deleted since. */
  | { readonly outcome: 'subjectDeleted' }

/**
 * How what a rule would do differs from what is recorded:
 *
 * - `fires`, `fails`: it did not then
 * - `blocks`: it fired then
 * - `writes`: it fired then, too, and wrote something else
 * - `check`: another check said no then
 */
export type Difference = 'fires' | 'blocks' | 'fails' | 'writes' | 'check'

/** An event of the log, with what a rule would have done about it. */
export type TriedEvent = {
  readonly event: EventPlace & { readonly recordedAt: string }
  /** The id of the subject; null if the rule fails to name it. */
  readonly subject: string | null
  readonly would: Would
  /** What the rule recorded, with its version then; null for nothing. */
  readonly happened: (TriedDecision & { readonly version: number }) | null
  readonly difference: Difference | null
}

/** How many events there were of each kind. */
export type TrySummary = {
  /** The events that the rule is on and that concern a subject. */
  readonly events: number
  readonly subjects: number
  readonly fired: number
  readonly blocked: { readonly [check: string]: number }
  readonly failed: { readonly [code: string]: number }
  readonly differences: { readonly [Which in Difference]: number }
}
