import type { DataSchema } from '../../core/events/definition-types.ts'
import type { DefinedEvents } from '../../core/events/types.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import {
  ENTRY_STORED,
  type EventDocument,
  PROPERTY_CHANGED,
  RULE_BLOCKED,
  RULE_FIRED,
} from '../../core/port/event-document.ts'

/** A property of a subject has another value. */
export type PropertyChanged = {
  readonly name: string
  /** The value before; absent if there was none. */
  readonly old?: Json
  /** The value from now on; absent if the property was removed. */
  readonly new?: Json
  /** With `latestBy`: the time of the value, ISO 8601 in UTC. */
  readonly at?: string
}

/** Something was added to a store of a subject. */
export type EntryStored = { readonly store: string; readonly entry: Json }

/** The event that made a rule fire, or that a check blocked. */
export type RuleCause = {
  readonly streamId: string
  readonly version: number
  readonly eventId: string
  readonly type: string
}

/** What a check said. */
export type CheckVerdict = { readonly name: string; readonly passed: boolean }

/** A rule fired: the last event of its append. */
export type RuleFired = {
  readonly rule: string
  /** The version of the rule. */
  readonly version: number
  readonly cause: RuleCause
  readonly checks: readonly CheckVerdict[]
  /** 0, or one more than that of the rule that wrote the event. */
  readonly depth: number
  /** With `latestBy`: the times of values that were set again, and so did not change. */
  readonly confirmed?: { readonly [property: string]: string }
}

/** A check said no, so a rule did not fire. */
export type RuleBlocked = {
  readonly rule: string
  /** The version of the rule. */
  readonly version: number
  readonly cause: RuleCause
  /** Up to the one that said no. */
  readonly checks: readonly CheckVerdict[]
  readonly depth: number
  /** The version of the subject that the checks saw. */
  readonly subjectVersion: number
}

/** The events that rules write into the streams of subjects, besides those that they emit. */
export type SubjectEvents = {
  [PROPERTY_CHANGED]: PropertyChanged
  [ENTRY_STORED]: EntryStored
  [RULE_FIRED]: RuleFired
  [RULE_BLOCKED]: RuleBlocked
}

/** What events of one type say, in order. */
export const dataIn = <Type extends keyof SubjectEvents>(
  events: readonly EventDocument[],
  type: Type,
): readonly SubjectEvents[Type][] =>
  events.filter(({ eventType }) => eventType === type).map(({ eventData }) => eventData as SubjectEvents[Type])

// Only rules write them, so what is read needs no other check than that of its place in the log.
const asWritten: DataSchema = {
  '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as JsonObject }) },
}

/** The events of subjects, for projections and reactions of your own. */
export const subjectEvents: DefinedEvents<SubjectEvents> = {
  definitions: {
    [PROPERTY_CHANGED]: asWritten,
    [ENTRY_STORED]: asWritten,
    [RULE_FIRED]: asWritten,
    [RULE_BLOCKED]: asWritten,
  },
}
