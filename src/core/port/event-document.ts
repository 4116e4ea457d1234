import type { Json, JsonObject } from '../json/json.ts'

/**
 * What is known about an event besides its data. Members that are not named here are the user's own; their names
 * cannot be the ones below.
 */
export type EventMetadata = {
  /** Unique in its stream for as long as the stream exists; UUIDv7 unless the writer gave one. */
  readonly eventId: string
  /** When the storage took the event: ISO 8601 in UTC with milliseconds; it never goes back within a stream. */
  readonly recordedAt: string
  readonly correlationId?: string
  readonly causationId?: string
  /** The span that appended the event, where it was traced: W3C Trace Context. */
  readonly traceparent?: string
  /** The schema's version when the event was written; absent means 1. */
  readonly schemaVersion?: number
  /** The command that the event comes from, where its caller named one. */
  readonly commandId?: string
  /** A fingerprint of that command, so that another one under its id is noticed. */
  readonly commandFingerprint?: string
  readonly [member: string]: Json | undefined
}

/**
 * An event as it is stored, in every adapter's terms. The shape is that of the .NET demo in the talk "Event Sourcing
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

/** The type of the marker event that ends a deleted stream. It is the last event that the feed gives of it. */
export const TOMBSTONE = '$tombstone'

/**
 * The type of the empty document that stays at version 1 of an erased stream. The feed hides it. Whoever copies a log
 * also appends such documents, for what was erased below a tombstone; erasing removes those as it does events.
 */
export const HUSK = '$husk'

/** A repository's note, in a stream without a period, that a period of the aggregate was opened. */
export const PERIOD_OPENED = '$periodOpened'

/** A repository's note, as the last event of a period, that its books are closed. */
export const PERIOD_CLOSED = '$periodClosed'

/** Event types that begin with `$` are Tidemark's own; `defineEvents` refuses them. */
export const isReservedType = (type: string): boolean => type.startsWith('$')
