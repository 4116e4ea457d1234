import { StorageCorrupt } from '../../core/errors/storage.ts'
import type { JsonObject } from '../../core/json/json.ts'
import { type EventDocument, type EventMetadata, HUSK } from '../../core/port/event-document.ts'

/** An event as the container stores it: with the server's own fields, and its append id. */
export type StoredEvent = {
  readonly id: string
  readonly stream: { readonly id: string; readonly version: number }
  readonly eventType: string
  readonly eventData?: JsonObject
  /** Absent on events of the .NET demo of the talk. */
  readonly metadata?: Partial<EventMetadata>
  readonly appendId?: string
  /** Seconds since 1970. */
  readonly _ts: number
  readonly _etag: string
  /** Only in responses of the change feed. */
  readonly _lsn?: number
  readonly [field: string]: unknown
}

/** The fields that the server adds to a document. */
export const SERVER_FIELDS: readonly string[] = ['_rid', '_self', '_etag', '_attachments', '_ts', '_lsn']

const OWN_FIELDS: ReadonlySet<string> = new Set([...SERVER_FIELDS, 'appendId'])

/**
 * The event document of a stored one. Metadata that an event of the .NET demo lacks is derived: its document id serves
 * as the event's id, and its write time as the recording time.
 *
 * @throws StorageCorrupt if it is not an event
 */
export function toDocument(stored: StoredEvent): EventDocument {
  const { id, stream, eventType, eventData = {}, metadata } = stored
  if (typeof stream?.id !== 'string' || typeof stream.version !== 'number' || typeof eventType !== 'string') {
    throw new StorageCorrupt(`Document ${id} is not an event`)
  }
  const document: Record<string, unknown> = {
    id,
    stream,
    eventType,
    eventData,
    metadata: { eventId: eventIdOf(stored), recordedAt: recordedAtOf(stored), ...metadata },
  }
  for (const field in stored) if (!(field in document) && !OWN_FIELDS.has(field)) document[field] = stored[field]
  return document as EventDocument
}

/** The event's id; for those of the .NET demo it is the document's. */
export const eventIdOf = ({ id, metadata }: StoredEvent): string => metadata?.eventId ?? id

/** When the event was recorded, ISO 8601 in UTC. */
export const recordedAtOf = ({ metadata, _ts }: StoredEvent): string =>
  metadata?.recordedAt ?? new Date(_ts * 1000).toISOString()

/** The append id of an event that the feed returns; each event of the .NET demo counts as an append. */
export const appendIdOf = ({ appendId }: StoredEvent, lsn: number, streamId: string): string =>
  typeof appendId === 'string' ? appendId : `${lsn}@${streamId}`

/** The placeholder of an erased event whose id must stay taken: without data, and without its event's id. */
export function huskOf({ id, stream, metadata }: StoredEvent) {
  const { recordedAt } = metadata ?? {}
  return {
    id,
    stream: { id: stream.id, version: stream.version },
    eventType: HUSK,
    eventData: {},
    metadata: { eventId: HUSK, ...(recordedAt !== undefined && { recordedAt }) },
    appendId: HUSK,
  }
}
