import { isStorable } from '../../../core/json/is-written-as.ts'
import { isJsonObject } from '../../../core/json/json.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import { isTime } from '../../../core/stored-time.ts'
import { SERVER_FIELDS, type StoredEvent } from '../documents.ts'

/**
 * How a document differs from the one that is written for its event. Numbers and texts are as the SDK has parsed them:
 * what a response spells differently does not show.
 *
 * An event of the .NET demo has no recording time and no append id, and may have any other fields.
 */
export function documentFault(stored: StoredEvent): string | undefined {
  const { id, stream, eventType, eventData, metadata, appendId } = stored
  if (!(Number.isSafeInteger(stream.version) && stream.version > 0)) return 'has an invalid version'
  if (!isStorable(eventData ?? {}) || !isStorable(metadata ?? {})) return 'has data or metadata that are not JSON'
  if (appendId === undefined && metadata?.recordedAt === undefined) return undefined
  if (typeof appendId !== 'string' || appendId === '') return 'has an invalid append id'
  const isNamed = id === `${stream.id}:${stream.version}` && Object.keys(stream).length === 2
  if (!isNamed) return 'has another id than its stream and version'
  if (Object.keys(stored).some((field) => !WRITTEN.has(field))) return 'has fields that are not written'
  const isEvent =
    eventType !== '' && isJsonObject(eventData) && isJsonObject(metadata) && typeof metadata.eventId === 'string'
  if (!isEvent) return 'has a type, data or metadata that no event has'
  if (eventType === HUSK && Object.keys(eventData).length > 0) return 'is a placeholder with data'
  const isErased = eventType === HUSK && (appendId === HUSK || metadata.eventId === HUSK)
  if (isErased) return isHusk(stored) ? undefined : 'is a placeholder that erasing did not make'
  return isTime(metadata.recordedAt) ? undefined : 'has an invalid time'
}

// An erased event of the .NET demo has no time.
function isHusk({ metadata = {}, appendId }: StoredEvent): boolean {
  const { eventId, recordedAt, ...others } = metadata
  const isTimed = recordedAt === undefined || isTime(recordedAt)
  return appendId === HUSK && eventId === HUSK && isTimed && Object.keys(others).length === 0
}

const WRITTEN: ReadonlySet<string> = new Set([
  ...SERVER_FIELDS,
  ...['id', 'stream', 'eventType', 'eventData', 'metadata', 'appendId'],
])
