import type { PreparedEvent } from '../../core/append/prepare-append.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { EventDocument, EventMetadata } from '../../core/port/event-document.ts'
import type { Place } from '../../core/positions/stream-slot.ts'
import { readStoredJson, storedJson } from './client/exact-json.ts'

/** An event as it is stored in its collection: the event document, and our own fields. */
export type StoredEvent = {
  /** `<streamId>:<version>` */
  readonly _id: string
  readonly stream: { readonly id: string; readonly version: number }
  readonly eventType: string
  readonly eventData: JsonObject
  readonly metadata: EventMetadata
  /** The JSON of data and metadata, if the fields beside it cannot represent all of them; see `storedJson`. */
  readonly json?: { readonly eventData?: string; readonly metadata?: string }
  readonly slot: number
  /** The hash of the stream's id. */
  readonly hash: string
  /** The append that wrote it: its id, and the versions of its first and its last event. */
  readonly append: { readonly id: string; readonly first: number; readonly last: number }
  /** Present until the event has an LSN. */
  readonly pending?: true
  readonly lsn?: number
  /** The latest `recordedAt` of the slot up to this LSN. It never decreases, although clocks may. */
  readonly latest?: string
}

/** The head of a stream. */
export type StoredStream = {
  /** The stream's id. */
  readonly _id: string
  readonly slot: number
  readonly version: number
  /** Of its last event. */
  readonly recordedAt: string
  /** Present once the stream has a tombstone. */
  readonly deleted?: true
}

/** A slot of the feed. */
export type StoredSlot = {
  /** The slot's number, from 0. */
  readonly _id: number
  /** The last LSN that was assigned. */
  readonly counter: number
  /** The latest `recordedAt` of the slot up to it. */
  readonly latest?: string
  /** The appends with announced LSNs that may not have been written into their events yet. */
  readonly plan?: readonly PlannedAppend[]
}

/** An append, or what is left of it, and its announced LSN. */
export type PlannedAppend = {
  readonly stream: string
  readonly first: number
  readonly last: number
  readonly lsn: number
  readonly latest: string
}

/** The id of an event's document. */
export const eventId = (streamId: string, version: number): string => `${streamId}:${version}`

/** The documents of an append, pending. */
export function storedEvents(
  streamId: string,
  { slot, hash }: Place,
  head: number,
  appendId: string,
  recordedAt: string,
  events: readonly PreparedEvent[],
): StoredEvent[] {
  const append = { id: appendId, first: head + 1, last: head + events.length }
  return events.map((event, i) => {
    const { eventId: id, ...others } = JSON.parse(event.metadata)
    const metadata = { eventId: id, recordedAt, ...others }
    const content = { eventType: event.type, eventData: JSON.parse(event.data), metadata }
    return { ...storedEvent(streamId, { slot, hash }, head + 1 + i, append, content), pending: true }
  })
}

/** The document of an event, without its place in the feed. */
export function storedEvent(
  streamId: string,
  { slot, hash }: Place,
  version: number,
  append: StoredEvent['append'],
  { eventType, ...content }: Pick<EventDocument, 'eventType' | 'eventData' | 'metadata'>,
): StoredEvent {
  const data = storedJson(content.eventData)
  const metadata = storedJson(content.metadata as JsonObject)
  const isWhole = data.text === undefined && metadata.text === undefined
  return {
    _id: eventId(streamId, version),
    stream: { id: streamId, version },
    eventType,
    eventData: data.value,
    metadata: metadata.value as EventMetadata,
    ...(!isWhole && { json: { eventData: data.text, metadata: metadata.text } as StoredEvent['json'] & {} }),
    slot,
    hash,
    append,
  }
}

/**
 * Whether an event is the placeholder that erasing leaves. An appended placeholder has its place in the feed like an
 * event.
 */
export const isErased = ({ pending, lsn }: StoredEvent): boolean => pending === undefined && lsn === undefined

/** The later of two times in ISO 8601 in UTC. */
export const later = (a: string, b: string): string => (a > b ? a : b)

/** The event document of a stored event. @throws StorageCorrupt */
export function toDocument({ _id, stream, eventType, eventData, metadata, json }: StoredEvent): EventDocument {
  return {
    id: _id,
    stream: { id: stream.id, version: stream.version },
    eventType,
    eventData: exact(eventData, json?.eventData, _id),
    metadata: exact(metadata as JsonObject, json?.metadata, _id) as EventMetadata,
  }
}

const exact = (value: JsonObject, text: string | undefined, id: string): JsonObject =>
  text === undefined ? value : readStoredJson({ value, text }, id)
