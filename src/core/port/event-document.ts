import type { Json, JsonObject } from '../json/json.ts'

/**
 * Metadata of an event. Members that are not named here are the user's own; their names cannot be the ones below.
 */
export type EventMetadata = {
  /** Unique in its stream for as long as the stream exists; a UUIDv7 unless the writer set one. */
  readonly eventId: string
  /** When the storage accepted the event: ISO 8601 in UTC with milliseconds; it never decreases within a stream. */
  readonly recordedAt: string
  readonly correlationId?: string
  readonly causationId?: string
  /** The span that appended the event, if it was traced: W3C Trace Context. */
  readonly traceparent?: string
  /** The schema's version when the event was written; absent means 1. */
  readonly schemaVersion?: number
  /** The command that the event comes from, if its caller gave it an id. */
  readonly commandId?: string
  /** A fingerprint of that command, which reveals a different command with the same id. */
  readonly commandFingerprint?: string
  /** Of an event that a rule wrote: how many rules in a chain, each fired by the one before, led to that rule. */
  readonly ruleDepth?: number
  /**
   * 16 random bytes as base64url. Without it, who has only a hash of the event cannot find out by guessing what the
   * event says. Absent in events of older releases; readers of decoded events do not get it.
   */
  readonly salt?: string
  /** The writer's seal, if the process that appended the event had a key. Readers of decoded events do not get it. */
  readonly mac?: string
  readonly [member: string]: Json | undefined
}

/**
 * An event as it is stored, the same in every adapter. The shape is that of the .NET demo in the talk "Event Sourcing
 * with Azure Cosmos DB". Fields that are not named here are kept.
 */
export type EventDocument = {
  /** `<streamId>:<version>` */
  readonly id: string
  readonly stream: { readonly id: string; readonly version: number }
  readonly eventType: string
  readonly eventData: JsonObject
  readonly metadata: EventMetadata
  readonly [field: string]: Json | undefined
}

/** An event on its way into a stream: the storage adds the id, the version and `recordedAt`. */
export type NewEventDocument = {
  readonly eventType: string
  readonly eventData: JsonObject
  readonly metadata: Omit<EventMetadata, 'recordedAt'> & { readonly eventId: string }
}

/** The type of the marker event that ends a deleted stream. It is the last event of the stream in the feed. */
export const TOMBSTONE = '$tombstone'

/**
 * The type of the placeholder that stays at version 1 of an erased stream. The feed hides it. A program that copies a
 * log also appends placeholders for events that were erased below a tombstone; erasing removes those like events.
 */
export const HUSK = '$husk'

/** An entry by a repository, in a stream without a period, that a period of the aggregate was opened. */
export const PERIOD_OPENED = '$periodOpened'

/** An entry by a repository, the last event of a period, that its books are closed. */
export const PERIOD_CLOSED = '$periodClosed'

/** An entry by a vault, in a stream of its own for each person, that the person was forgotten. */
export const FORGOTTEN = '$forgotten'

/** An entry by a repository that another one's unfinished claim of a unique value ended at this version. */
export const CLAIM_LAPSED = '$claimLapsed'

/** An entry in a timer's stream: when it is due. The last one holds. */
export const TIMER_SCHEDULED = '$timerScheduled'

/** An entry in a timer's stream: it was due. The reaction that it belongs to gets this event. */
export const TIMER_FIRED = '$timerFired'

/** An entry in a timer's stream: it no longer fires. */
export const TIMER_CANCELLED = '$timerCancelled'

/** An entry in a subject's stream, by a rule: a property has another value. */
export const PROPERTY_CHANGED = '$propertyChanged'

/** An entry in a subject's stream, by a rule: something was added to one of the subject's stores. */
export const ENTRY_STORED = '$entryStored'

/** An entry in a subject's stream, the last of an append by a rule: what made it fire. */
export const RULE_FIRED = '$ruleFired'

/** An entry in a subject's stream: a check kept a rule from firing. */
export const RULE_BLOCKED = '$ruleBlocked'

/** Event types that begin with `$` are reserved; `defineEvents` refuses them. */
export const isReservedType = (type: string): boolean => type.startsWith('$')
