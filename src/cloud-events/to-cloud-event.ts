import { uuidOf } from '../core/append/uuid.ts'
import type { EventDefinitions } from '../core/events/definition-types.ts'
import { schemaVersionOf } from '../core/events/describe.ts'
import type { AnyEventTypes, DefinedEvents, RecordedEvent } from '../core/events/types.ts'
import { isAttributeText } from './attribute-text.ts'
import type { CloudEvent } from './cloud-event.ts'

// As many digits as the largest version has, so that the order of the texts is that of the versions.
const SEQUENCE_DIGITS = 16

const encoder = new TextEncoder()

/**
 * An event of the log as a CloudEvent. It depends on nothing but the event, so a repeat is equal byte by byte.
 *
 * `id` is unique in the source, also where a writer reuses an event id in another stream. `subject` is the stream and
 * `sequence` the version (the extension of that name). `schemaversion` is the version of the data's schema, if it is not
 * the first. `traceparent`, `correlationid` and `causationid` are the extensions for tracing and correlation.
 *
 * @param source a URI reference
 */
export function toCloudEvent(
  { definitions }: Pick<DefinedEvents<AnyEventTypes>, 'definitions'>,
  event: RecordedEvent<AnyEventTypes>,
  source: string,
): CloudEvent {
  const { type, streamId, version, metadata } = event
  const schemaVersion = schemaVersionOf(definitions[type] as EventDefinitions[string])
  return {
    attributes: {
      specversion: '1.0',
      id: uuidOf(streamId, metadata.eventId),
      source,
      type,
      subject: streamId,
      time: metadata.recordedAt,
      datacontenttype: 'application/json',
      sequence: String(version).padStart(SEQUENCE_DIGITS, '0'),
      ...(schemaVersion > 1 && { schemaversion: schemaVersion }),
      ...printable('traceparent', metadata.traceparent),
      ...printable('correlationid', metadata.correlationId),
      ...printable('causationid', metadata.causationId),
    },
    data: encoder.encode(JSON.stringify(event.data)),
  }
}

// Metadata is the writer's, and a CloudEvent's attributes may have no control characters.
const printable = (name: string, value: unknown): { readonly [name: string]: string } =>
  isAttributeText(value) ? { [name]: value } : {}
