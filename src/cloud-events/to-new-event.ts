import { uuidOf } from '../core/append/uuid.ts'
import type { EventDefinitions } from '../core/events/definition-types.ts'
import { isJsonObject, type JsonObject } from '../core/json/json.ts'
import type { NewEventDocument } from '../core/port/event-document.ts'
import { assertStreamId } from '../core/stream-id.ts'
import type { CloudEvent } from './cloud-event.ts'
import { isJsonType } from './media-types.ts'
import { parseJson } from './parse-cloud-event.ts'

/**
 * A CloudEvent as an event to append. Its id depends only on source and id, so a message that is delivered again is
 * recognised for as long as the stream exists.
 *
 * Data that is a JSON object is stored as it is. Other data is stored as in the JSON format of CloudEvents: other JSON
 * values as `data`, anything else as `data_base64`. The metadata keeps the attributes as `cloudEvent`,
 * and `datacontenttype` among them if the data is not JSON.
 *
 * @param definitions of the events that this service shares with the sender: the version of their schema is kept
 */
export function toNewEvent({ attributes, data }: CloudEvent, definitions: EventDefinitions = {}): NewEventDocument {
  const { id, source, type, traceparent, correlationid, schemaversion } = attributes
  const isShared = Object.hasOwn(definitions, type)
  const {
    specversion,
    datacontenttype,
    traceparent: _,
    correlationid: __,
    schemaversion: ___,
    type: ____,
    ...origin
  } = attributes
  const eventData = toObject(datacontenttype, data)
  const isBytes = datacontenttype !== undefined && !isJsonType(datacontenttype)
  return {
    eventType: type,
    eventData,
    metadata: {
      eventId: uuidOf('cloudEvent', source, id),
      ...(typeof correlationid === 'string' && { correlationId: correlationid }),
      causationId: id,
      ...(typeof traceparent === 'string' && { traceparent }),
      ...(isShared && schemaVersionIn(schemaversion)),
      cloudEvent: { ...origin, ...(isBytes && { datacontenttype }) } as JsonObject,
    },
  }
}

// Headers of NATS and HTTP are text, so it may be the text of a number.
function schemaVersionIn(value: unknown): { readonly schemaVersion?: number } {
  const version = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return Number.isSafeInteger(version) && (version as number) >= 1 ? { schemaVersion: version as number } : {}
}

function toObject(contentType: string | undefined, data: Uint8Array): JsonObject {
  if (data.byteLength === 0) return {}
  const isJson = contentType === undefined || isJsonType(contentType)
  const found = isJson ? parseJson(data) : undefined
  if (found !== undefined) return isJsonObject(found.value) ? found.value : { data: found.value }
  // What is no JSON, whatever it says, is stored as what it is: bytes.
  return { data_base64: Buffer.from(data).toString('base64') }
}

/**
 * The stream that an event is appended to by default: `inbox-` and its subject, if that is the id of a stream, so that
 * it is never one of the service's own streams. Or else a stream of the category `inbox`, one for each subject of each
 * source.
 */
export function inboxStream({ attributes: { subject, source } }: CloudEvent): string {
  const stream = `inbox-${subject}`
  return isStreamId(stream) ? stream : `inbox:${uuidOf(source, subject ?? '')}`
}

function isStreamId(text: string): boolean {
  try {
    assertStreamId(text)
    return true
  } catch {
    return false
  }
}
