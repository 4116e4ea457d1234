import fc from 'fast-check'
import { isAttributeText } from '../../../src/cloud-events/attribute-text.ts'
import type { CloudEvent } from '../../../src/cloud-events/cloud-event.ts'
import { eventTypeFault } from '../../../src/core/events/event-type.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(isAttributeText)
const RESERVED =
  /^(specversion|id|source|type|subject|time|datacontenttype|dataschema|data|traceparent|correlationid|schemaversion)$/
const extension = fc.stringMatching(/^[a-z0-9]{1,12}$/).filter((name) => !RESERVED.test(name))
const times = fc.constantFrom('2026-03-01T10:00:00Z', '2026-03-01T10:00:00.123456+01:00', '1999-12-31t23:59:59z')
const sources = fc.oneof(fc.webUrl(), fc.constantFrom('/shop', 'urn:a:b', 'shop', 'mailto:a@example.com', '/caf%C3%A9'))

const json = fc
  .jsonValue({ maxDepth: 4 })
  // Minus zero is zero in JSON. A name of the vault is refused.
  .map((value) => JSON.parse(JSON.stringify(value)))
  .filter((value) => JSON.stringify(value).isWellFormed())

const content = fc.oneof(
  json.map((value) => ({ type: 'application/json', data: new Uint8Array(Buffer.from(JSON.stringify(value))) })),
  json.map((value) => ({ type: 'application/x.order+json', data: new Uint8Array(Buffer.from(JSON.stringify(value))) })),
  fc.uint8Array({ minLength: 1, maxLength: 50 }).map((data) => ({ type: 'application/octet-stream', data })),
  fc.constant({ type: 'text/plain', data: new Uint8Array(Buffer.from('naïve')) }),
)

/** Any CloudEvent that can be appended. */
export const anyCloudEvent: fc.Arbitrary<CloudEvent> = fc
  .record({
    id: text,
    source: sources,
    type: text.filter((type) => eventTypeFault(type) === undefined),
    subject: fc.option(text, { nil: undefined }),
    time: fc.option(times, { nil: undefined }),
    extensions: fc.dictionary(extension, text, { maxKeys: 4, noNullPrototype: true }),
    content,
  })
  .map(({ id, source, type, subject, time, extensions, content }) => ({
    attributes: {
      specversion: '1.0' as const,
      id,
      source,
      type,
      ...(subject !== undefined && { subject }),
      ...(time !== undefined && { time }),
      datacontenttype: content.type,
      ...extensions,
    },
    data: content.data,
  }))
