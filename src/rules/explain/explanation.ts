import type { JsonObject } from '../../core/json/json.ts'
import type { EventProgress } from '../../processor/status/event-progress.ts'
import type { CheckVerdict, EntryStored, PropertyChanged } from '../subjects/subject-events.ts'

/** An event in the log. */
export type EventPlace = { readonly streamId: string; readonly version: number; readonly type: string }

/**
 * What became of an event with a rule:
 *
 * - `fired`, `blocked`: all checks passed, or one said no
 * - `parked`, `loop`: the rule failed at it, or it is too deep in a chain of rules, so its stream is parked
 * - `held`: it waits behind an event of its stream that is parked
 * - `pending`: the rule has not reached it
 * - `beforeBegin`: it was in the log before the rule began, with new events only
 * - `notStarted`: no processor ever ran the rule
 * - `skipped`: the rule skips it by command
 * - `subjectDeleted`: the stream of the subject was deleted
 * - `notConcerned`: the rule is on such events, but says that it does not concern this one
 * - `notOn`: the rule is not on such events
 * - `unrecorded`: the rule passed it, and recorded nothing: an operator dropped it, an earlier version of the rule was not
 *   concerned with it, or a check said no that would pass with the subject as it was when the event was recorded
 */
export type RuleOutcome =
  | 'fired'
  | 'blocked'
  | 'parked'
  | 'loop'
  | 'held'
  | 'pending'
  | 'beforeBegin'
  | 'notStarted'
  | 'skipped'
  | 'subjectDeleted'
  | 'notConcerned'
  | 'notOn'
  | 'unrecorded'

/** What a rule wrote when it fired. */
export type RecordedFiring = {
  /** The stream of the subject, and its version once the rule had fired. */
  readonly streamId: string
  readonly version: number
  /** ISO 8601 in UTC. */
  readonly recordedAt: string
  /** Rules in the chain before this one. */
  readonly depth: number
  /** The properties that changed. */
  readonly changes: readonly PropertyChanged[]
  /** The events that it emitted, as they are stored. */
  readonly emitted: readonly (EventPlace & { readonly data: JsonObject })[]
  /** What it added to stores. */
  readonly entries: readonly EntryStored[]
}

/** How far an effect of a firing is; `passed` if it was called with success. */
export type EffectProgress = { readonly effect: string } & EventProgress

/** What became of an event with one rule. */
export type RuleExplanation = {
  readonly rule: string
  /** The version that decided, where that is recorded, else that of the code. */
  readonly version: number
  /** Whether the rule is on such events. */
  readonly sees: boolean
  /** The id of the subject; null if the rule does not concern the event, or cannot say. */
  readonly subject: string | null
  readonly outcome: RuleOutcome
  /** Whether the outcome is not recorded, so that it was computed anew, with the code and the subject as of the event. */
  readonly computed: boolean
  /** What the checks said, in order, up to the one that said no. */
  readonly checks: readonly CheckVerdict[]
  /** The check that said no. */
  readonly blockedBy: string | null
  readonly firing: RecordedFiring | null
  readonly effects: readonly EffectProgress[]
  /** Why it is parked, or why the code cannot evaluate the event. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** Since when it is parked, and after how many attempts. */
  readonly parked: { readonly since: string; readonly attempts: number } | null
  /** The version of the event's stream that it waits behind. */
  readonly behind: number | null
}

/** A rule that wrote an event, and because of what. */
export type CauseLink = {
  readonly rule: string
  /** The version of the rule. */
  readonly version: number
  readonly outcome: 'fired' | 'blocked'
  /** The rule's record in the subject's stream. */
  readonly at: { readonly streamId: string; readonly version: number }
  readonly depth: number
  readonly cause: EventPlace & { readonly eventId: string }
}

/** What rules did with an event, and why it is there. */
export type Explanation = {
  readonly event: EventPlace & { readonly eventId: string; readonly recordedAt: string }
  /** The rule that wrote the event, if one did, and the rules before it, up to the event that began the chain. */
  readonly causes: readonly CauseLink[]
  /** In the order in which the rules were given. */
  readonly rules: readonly RuleExplanation[]
}
