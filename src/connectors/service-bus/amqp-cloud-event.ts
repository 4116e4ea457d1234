import { createHash } from 'node:crypto'
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus'
import { isStructured } from '../../cloud-events/media-types.ts'
import { type ParsedCloudEvent, parseCloudEvent, parseStructured } from '../../cloud-events/parse-cloud-event.ts'
import type { BusMessage } from '../../messaging/bus/bus.ts'

// The AMQP binding of CloudEvents, binary mode. It allows both prefixes; this one also fits JMS.
const PREFIX = 'cloudEvents_'
const OTHER_PREFIX = 'cloudEvents:'
// What the SDK and Application Insights read the trace context from; where it is set, the SDK adds none.
const TRACE = 'Diagnostic-Id'
const LONGEST_SESSION = 128

/** The id of a key's session: the key itself, or its SHA-256 as hex if it is longer than ids of sessions may be. */
const sessionOf = (key: string): string =>
  key.length <= LONGEST_SESSION ? key : createHash('sha256').update(key).digest('hex')

/** A message as Service Bus takes it. */
export function toServiceBusMessage({ event, key, idempotencyKey }: BusMessage): ServiceBusMessage {
  const { datacontenttype, ...attributes } = event.attributes
  const applicationProperties: { [name: string]: string | number | boolean } = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) applicationProperties[PREFIX + name] = value
  }
  if (typeof attributes.traceparent === 'string') applicationProperties[TRACE] = attributes.traceparent
  const { buffer, byteOffset, byteLength } = event.data
  return {
    body: Buffer.from(buffer, byteOffset, byteLength),
    messageId: idempotencyKey,
    sessionId: sessionOf(key),
    subject: attributes.type,
    applicationProperties,
    ...(datacontenttype !== undefined && { contentType: datacontenttype }),
  }
}

/** The CloudEvent of a message, which was received with `skipParsingBodyAsJson` and `skipConvertingDate`. */
export function fromServiceBusMessage({
  body,
  contentType,
  applicationProperties = {},
}: Pick<ServiceBusReceivedMessage, 'body' | 'contentType' | 'applicationProperties'>): ParsedCloudEvent {
  const data = toBytes(body)
  if (data === undefined) return { fault: 'the body is neither bytes nor text' }
  if (isStructured(contentType)) return parseStructured(data)
  const attributes: { [name: string]: unknown } = {}
  for (const [name, value] of Object.entries(applicationProperties)) {
    if (name.startsWith(PREFIX)) attributes[name.slice(PREFIX.length)] = value
    else if (name.startsWith(OTHER_PREFIX)) attributes[name.slice(OTHER_PREFIX.length)] ??= value
  }
  if (contentType !== undefined) attributes.datacontenttype = contentType
  return parseCloudEvent(attributes, data)
}

// A body has several sections of bytes if its sender wrote it so.
function toBytes(body: unknown): Uint8Array | undefined {
  if (body instanceof Uint8Array) return body
  if (typeof body === 'string') return Buffer.from(body)
  if (body === undefined || body === null) return new Uint8Array()
  if (Array.isArray(body) && body.every((section) => section instanceof Uint8Array)) return Buffer.concat(body)
  return undefined
}
