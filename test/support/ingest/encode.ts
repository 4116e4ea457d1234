import type { CloudEvent } from '../../../src/cloud-events/cloud-event.ts'
import { encodeHeader } from '../../../src/cloud-events/percent-encoding.ts'

/** What a request or a message of HTTP contains. */
export type HttpMessage = { readonly headers: Record<string, string>; readonly body: Uint8Array }

/** An event in binary mode, as CloudEvents' binding for HTTP says. */
export function toBinary({ attributes: { datacontenttype, ...attributes }, data }: CloudEvent): HttpMessage {
  const headers: Record<string, string> = datacontenttype === undefined ? {} : { 'content-type': datacontenttype }
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) headers[`ce-${name}`] = encodeHeader(value)
  }
  return { headers, body: data }
}

/** An event in CloudEvents' JSON format. */
export function toJson({ attributes, data }: CloudEvent): object {
  if (data.byteLength === 0) return attributes
  const isJson = /[/+]json/.test(attributes.datacontenttype ?? 'application/json')
  if (isJson) return { ...attributes, data: JSON.parse(Buffer.from(data).toString()) }
  return { ...attributes, data_base64: Buffer.from(data).toString('base64') }
}

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

/** An event in structured mode. */
export const toStructured = (event: CloudEvent): HttpMessage => ({
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  body: bytesOf(toJson(event)),
})

/** Events in batched mode. */
export const toBatch = (events: readonly CloudEvent[]): HttpMessage => ({
  headers: { 'content-type': 'application/cloudevents-batch+json' },
  body: bytesOf(events.map(toJson)),
})
