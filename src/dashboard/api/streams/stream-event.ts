import { recordedTime } from '../../../core/events/recorded-time.ts'
import { withoutStamp } from '../../../core/events/stamp-events.ts'
import { isJsonObject } from '../../../core/json/json.ts'
import type { EventDocument, EventMetadata } from '../../../core/port/event-document.ts'
import { visibleText } from '../../../process/visible-text.ts'
import type { StreamEvent } from '../../contract/requests.ts'
import { type PayloadMode, payloadOf } from '../../payloads/payload.ts'

/** Where events are whose ids are known. */
export type KnownEvents = ReadonlyMap<string, StreamEvent['cause']>

/** An event as it is shown. @param known where the event may be that caused it */
export function streamEvent(
  document: EventDocument,
  payloads: PayloadMode,
  known: KnownEvents = new Map(),
): StreamEvent {
  const { eventType, eventData, metadata, stream } = document
  const causationId = textOrNull(metadata.causationId)
  return {
    id: metadata.eventId,
    version: stream.version,
    type: visibleText(eventType),
    schemaVersion: metadata.schemaVersion ?? null,
    recordedAt: metadata.recordedAt,
    occurredAt: occurredAt(metadata),
    correlationId: textOrNull(metadata.correlationId),
    causationId,
    cause: (causationId !== null && known.get(causationId)) || null,
    data: payloadOf(eventData, payloads),
    metadata: payloadOf(withoutStamp(metadata), payloads),
  }
}

/** When it happened, if its writer or the CloudEvent that it came from says so. */
function occurredAt({ occurredAt: own, cloudEvent }: EventMetadata): string | null {
  const time = recordedTime(own) ?? recordedTime(isJsonObject(cloudEvent) ? cloudEvent.time : undefined)
  return time?.toISOString() ?? null
}

// Metadata is not validated by anybody.
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
