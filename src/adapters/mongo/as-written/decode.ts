import { BSON } from 'mongodb'
import { UNREADABLE, unreadableEvent } from '../../../core/adapters/unreadable-event.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import { isStorable, isWrittenAs } from '../../../core/json/is-written-as.ts'
import type { Json } from '../../../core/json/json.ts'
import { type EventDocument, HUSK } from '../../../core/port/event-document.ts'
import { placeOf } from '../../../core/positions/stream-slot.ts'
import { DOCUMENT_OPTIONS } from '../client/collections.ts'
import { eventId, type StoredEvent, storedEvent, toDocument } from '../documents.ts'

/** A stored event with what is wrong with it by itself. */
export type Decoded = {
  /** What could be read; any field may be missing, or of another type. */
  readonly stored: StoredEvent
  readonly event: EventDocument
  readonly fault: string | undefined
}

/**
 * Decodes a document of the feed, and compares it with the one that is written for its event, byte by byte: BSON knows
 * types, and repeated names, of which the driver does not tell.
 *
 * @param slots the number of slots of the storage
 */
export function decode(bytes: Uint8Array, slots: number): Decoded {
  let stored: StoredEvent
  try {
    stored = BSON.deserialize(bytes, { ...DOCUMENT_OPTIONS, validation: { utf8: false } }) as StoredEvent
  } catch {
    return { stored: {} as StoredEvent, event: unreadableEvent('', 0), fault: UNREADABLE }
  }
  const { id, version } = namedIn(stored)
  const unreadable = (fault: string): Decoded => ({ stored, event: unreadableEvent(id, version), fault })
  if (id === '' || !(version > 0)) return unreadable(UNREADABLE)
  if (!isContent(stored)) return unreadable('has a type, data or metadata that no event has')
  try {
    const event = toDocument(stored)
    return { stored, event, fault: contentFault(stored, event) ?? byteFault(bytes, stored, event, slots) }
  } catch (error) {
    if (!(error instanceof StorageCorrupt)) throw error
    return unreadable(UNREADABLE)
  }
}

function namedIn({ stream }: StoredEvent): { readonly id: string; readonly version: number } {
  const { id, version } = isObject(stream) ? stream : { id: '', version: 0 }
  return { id: typeof id === 'string' ? id : '', version: Number.isSafeInteger(version) ? version : 0 }
}

const isContent = ({ eventType, eventData, metadata, json }: StoredEvent): boolean =>
  typeof eventType === 'string' &&
  isObject(eventData) &&
  isObject(metadata) &&
  typeof metadata.eventId === 'string' &&
  typeof metadata.recordedAt === 'string' &&
  (json === undefined || (isObject(json) && [json.eventData, json.metadata].every(isTextIfAny)))

function contentFault({ json }: StoredEvent, { eventType, eventData, metadata }: EventDocument): string | undefined {
  if (!isStorable(eventData) || !isStorable(metadata)) return 'has data or metadata that are not JSON'
  const isSpelt = (value: Json, text: string | undefined) => text === undefined || isWrittenAs(value, text)
  if (!isSpelt(eventData, json?.eventData) || !isSpelt(metadata as Json, json?.metadata)) {
    return 'has a text of its data or metadata in another spelling'
  }
  return eventType === HUSK && Object.keys(eventData).length > 0 ? 'is a placeholder with data' : undefined
}

function byteFault(bytes: Uint8Array, stored: StoredEvent, event: EventDocument, slots: number): string | undefined {
  const { append, lsn, latest } = stored
  const { id, version } = event.stream
  const place = placeOf(id, slots)
  if (event.id !== eventId(id, version)) return 'has another id than its stream and version'
  if (stored.slot !== place.slot || stored.hash !== place.hash) return 'is not in the slot of its stream'
  if (!isAppend(append, version) || !Number.isSafeInteger(lsn)) return 'has an invalid append or LSN'
  const { id: appendId, first, last } = append
  const own = storedEvent(id, place, version, { id: appendId, first, last }, event)
  const written: Readonly<Record<string, unknown>> = { ...own, lsn, latest }
  const names = Object.keys(stored)
  if (
    ![...names, ...Object.keys(written)].every((name) => Object.hasOwn(stored, name) && Object.hasOwn(written, name))
  ) {
    return 'has fields that are not written, or lacks some'
  }
  // Fields are added when the LSN is, wherever the server puts them.
  const document = new Map(names.map((name) => [name, written[name]]))
  const isSame = Buffer.compare(bytes, BSON.serialize(document, { ignoreUndefined: true })) === 0
  return isSame ? undefined : 'has values of other types, or names, than are written'
}

const isAppend = (append: StoredEvent['append'], version: number): boolean =>
  isObject(append) &&
  typeof append.id === 'string' &&
  Number.isSafeInteger(append.first) &&
  Number.isSafeInteger(append.last) &&
  append.first >= 1 &&
  append.first <= version &&
  version <= append.last

const isTextIfAny = (value: unknown): boolean => value === undefined || typeof value === 'string'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
