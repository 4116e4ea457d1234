import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isStructured } from '../../../src/cloud-events/media-types.ts'
import { parseCloudEvent, parseStructured } from '../../../src/cloud-events/parse-cloud-event.ts'
import { toCloudEvent } from '../../../src/cloud-events/to-cloud-event.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { AnyEventTypes, EventSet, RecordedEvent } from '../../../src/core/events/types.ts'

const events = defineEvents({
  OrderPlaced: { schema: z.object({ orderId: z.string() }), version: 2, upcast: { 1: (data) => data } },
  OrderPaid: z.object({}),
}) as unknown as EventSet<AnyEventTypes>

const placed: RecordedEvent<AnyEventTypes> = {
  type: 'OrderPlaced',
  data: { orderId: '7' },
  streamId: 'order:7',
  version: 12,
  metadata: { eventId: 'e-1', recordedAt: '2026-03-01T10:00:00.000Z' },
}

const required = { specversion: '1.0', id: 'a', source: '/shop', type: 'OrderPlaced' }
const faultOf = (attributes: object): string | undefined => {
  const parsed = parseCloudEvent({ ...attributes }, new Uint8Array())
  return 'fault' in parsed ? parsed.fault : undefined
}

describe('an event as a CloudEvent', () => {
  test('has the attributes of the event, and its data as JSON', () => {
    const { attributes, data } = toCloudEvent(events, placed, '/prod/shop')
    expect(attributes).toEqual({
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      source: '/prod/shop',
      type: 'OrderPlaced',
      subject: 'order:7',
      time: '2026-03-01T10:00:00.000Z',
      datacontenttype: 'application/json',
      sequence: '0000000000000012',
      schemaversion: 2,
    })
    expect(Buffer.from(data).toString()).toBe('{"orderId":"7"}')
  })

  test('has no two ids alike where a writer uses an event id in two streams', () => {
    const other = { ...placed, streamId: 'order:8' }
    const ids = [placed, other].map((event) => toCloudEvent(events, event, '/shop').attributes.id)
    expect(new Set(ids).size).toBe(2)
  })

  test('carries the trace and the correlation, unless they are no texts of an attribute', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const metadata = { ...placed.metadata, traceparent, correlationId: 'c\u0007', causationId: '' }
    const { attributes } = toCloudEvent(events, { ...placed, metadata }, '/shop')
    expect(attributes.traceparent).toBe(traceparent)
    expect(attributes).not.toHaveProperty('correlationid')
    expect(attributes).not.toHaveProperty('causationid')
  })

  test('has a sequence whose order as text is the order of the versions', () => {
    const sequence = (version: number) =>
      toCloudEvent(events, { ...placed, version }, '/shop').attributes.sequence as string
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }), (a, b) => {
        expect(Math.sign(a - b)).toBe(sequence(a) < sequence(b) ? -1 : sequence(a) > sequence(b) ? 1 : 0)
      }),
    )
  })

  test('is read back as it was written, whatever its metadata', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    fc.assert(
      fc.property(text, text, fc.jsonValue(), (eventId, correlationId, value) => {
        const metadata = { ...placed.metadata, eventId, correlationId }
        const data = { value } as RecordedEvent<AnyEventTypes>['data']
        const event = toCloudEvent(events, { ...placed, data, metadata }, '/shop')
        expect(parseCloudEvent(event.attributes, event.data)).toEqual({ event })
      }),
    )
  })
})

describe('a message is no CloudEvent', () => {
  test.each([
    [{ specversion: undefined }, 'specversion is missing'],
    [{ specversion: '0.3' }, 'specversion is not 1.0'],
    [{ id: undefined }, 'id is missing'],
    [{ id: '' }, 'id is empty or has a control character'],
    [{ id: 7 }, 'id is not a text'],
    [{ source: 'not a uri' }, 'source is not a URI reference'],
    [{ type: 'a\nb' }, 'type is empty or has a control character'],
    [{ time: 'yesterday' }, 'time is not a time of RFC 3339'],
    [{ time: '2026-13-45T00:00:00Z' }, 'time is not a time of RFC 3339'],
    [{ subject: true }, 'subject is not a text'],
    [{ other: { nested: 1 } }, 'other is neither a text, a number, a boolean nor a time'],
    [{ other: Number.NaN }, 'other is neither a text, a number, a boolean nor a time'],
  ])('with %j', (change, fault) => {
    expect(faultOf({ ...required, ...change })).toBe(fault)
  })

  test('and the fault never repeats what the message says', () => {
    const secret = 'secret\u0000value'
    for (const name of Object.keys(required)) expect(faultOf({ ...required, [name]: secret })).not.toContain('secret')
  })
})

test('native values of a binding are read like their texts', () => {
  const time = new Date('2026-03-01T10:00:00Z')
  const parsed = parseCloudEvent({ ...required, time, level: 3n, urgent: true, Odd: 'x' }, new Uint8Array())
  expect(parsed).toMatchObject({
    event: { attributes: { time: '2026-03-01T10:00:00.000Z', level: 3, urgent: true } },
  })
  expect(parsed).not.toHaveProperty('event.attributes.Odd')
})

describe('structured mode', () => {
  test('is recognised by the media type, however it is written', () => {
    for (const type of ['application/cloudevents+json', 'Application/CloudEvents+JSON;charset=UTF-8']) {
      expect(isStructured(type)).toBe(true)
    }
    for (const type of [undefined, 'application/json', 'application/cloudevents+avro', 'application/cloudeventsx']) {
      expect(isStructured(type)).toBe(false)
    }
  })

  test.each([
    [{ data: 0 }, '0'],
    [{ data: { a: 1 } }, '{"a":1}'],
    [{ data: null }, 'null'],
    [{ data_base64: 'AAH/' }, '\u0000\u0001\ufffd'],
    [{}, ''],
  ])('takes the data of %j', (members, data) => {
    const parsed = parseStructured(Buffer.from(JSON.stringify({ ...required, ...members })))
    expect('event' in parsed && new TextDecoder().decode(parsed.event.data)).toBe(data)
  })

  test.each([
    ['{', 'the content is not JSON in UTF-8'],
    ['[]', 'the content is not a JSON object'],
    [JSON.stringify({ ...required, data: 1, data_base64: '' }), 'it has both data and data_base64'],
    [JSON.stringify({ ...required, data_base64: '*' }), 'data_base64 is not base64'],
    [JSON.stringify({ ...required, id: null }), 'id is missing'],
  ])('refuses %s', (text, fault) => {
    expect(parseStructured(Buffer.from(text))).toMatchObject({ fault })
  })
})
