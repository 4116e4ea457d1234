import { expect, it } from 'vitest'
import { canonicalEvent } from '../../../../src/core/events/canonical-event.ts'
import { canonicalJson } from '../../../../src/core/json/canonical-json.ts'
import type { Json } from '../../../../src/core/json/json.ts'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'

const document = (metadata: Partial<EventDocument['metadata']> = {}): EventDocument => ({
  id: 'a:1:1',
  stream: { id: 'a:1', version: 1 },
  eventType: 'Happened',
  eventData: { b: 1, a: [2] },
  metadata: { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z', ...metadata },
})

it('the text of an event that is hashed is canonical JSON of all that its document contains', () => {
  expect(canonicalEvent(document({ salt: 's' }))).toBe(
    '{"eventData":{"a":[2],"b":1},"eventType":"Happened","id":"a:1:1",' +
      '"metadata":{"eventId":"x","recordedAt":"2026-01-01T00:00:00.000Z","salt":"s"},"stream":{"id":"a:1","version":1}}',
  )
})

it('the text of an event that is hashed does not depend on how its time is spelled, and the document keeps its own', () => {
  const other = document({ recordedAt: '2026-01-01T01:00:00.0000000+01:00' })
  expect(canonicalEvent(other)).toBe(canonicalEvent(document()))
  expect(other.metadata.recordedAt).toBe('2026-01-01T01:00:00.0000000+01:00')
})

it('a document whose time is of another kind has another text', () => {
  const tampered = document({ recordedAt: Date.UTC(2026, 0, 1) as unknown as string })
  expect(canonicalEvent(tampered)).not.toBe(canonicalEvent(document()))
})

it('a document that is not JSON has no text', () => {
  expect(() => canonicalEvent(document({ note: '\ud800' }))).toThrow(
    expect.objectContaining({ code: 'NotJson', path: '$.metadata.note' }),
  )
})

it('the text of an event that is hashed is the canonical JSON of its document, also with more members or fewer', () => {
  const whole = document({ salt: 's', 'm\u00fc"': [1, { z: null, a: '\u2028' }] })
  const { stream: _, ...lacking } = whole
  const renamed = { ...lacking, other: 1 }
  const absent = { ...whole, eventData: undefined }
  for (const found of [
    whole,
    { ...whole, _rid: 'x' },
    lacking,
    renamed,
    absent,
    { ...whole, stream: { v: 1, id: 'a' } },
  ]) {
    expect(canonicalEvent(found as unknown as EventDocument)).toBe(canonicalJson(found as unknown as Json))
  }
})
