import type { AnyEventTypes, EventSet } from '../../core/events/types.ts'
import type { SubjectState } from '../subjects/subject.ts'
import type { CheckVerdict, EntryStored, PropertyChanged } from '../subjects/subject-events.ts'

/** An event that a rule emits, before its schema validates it. */
export type Emitted = { readonly events: EventSet<AnyEventTypes>; readonly type: string; readonly data: unknown }

/** A rule fires: what it writes to the subject. */
export type Firing = {
  readonly outcome: 'fired'
  readonly checks: readonly CheckVerdict[]
  readonly changes: readonly PropertyChanged[]
  readonly emitted: readonly Emitted[]
  readonly entries: readonly EntryStored[]
  /** The times of values that were set again with `latestBy`, and so did not change. */
  readonly confirmed: { readonly [property: string]: string } | undefined
  /** The subject afterwards. */
  readonly state: SubjectState
}

/** A check said no: the last of those listed. */
export type Blocking = { readonly outcome: 'blocked'; readonly checks: readonly CheckVerdict[] }

/** What a rule does about an event and a subject. */
export type Decision = Firing | Blocking
