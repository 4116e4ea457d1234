import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EventSchemaTooNew, UpcastFailed } from '../../../../src/core/errors/feed.ts'
import {
  InvalidDefinition,
  InvalidEvent,
  InvalidEventData,
  UnknownEventType,
} from '../../../../src/core/errors/input.ts'
import { decodeEvents, encodeEvents } from '../../../../src/core/events/codec.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { validateEvent } from '../../../../src/core/events/validate.ts'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'

const set = defineEvents({
  Plain: z.object({ n: z.number().default(7), address: z.object({ city: z.string() }).optional() }),
  Renamed: {
    schema: z.object({ name: z.string(), size: z.number() }),
    version: 3,
    upcast: { 1: (data) => ({ name: data.title }), 2: (data) => ({ ...data, size: data.name.length }) },
  },
  Broken: {
    schema: z.object({}),
    version: 3,
    upcast: {
      1: () => {
        throw new Error('cannot')
      },
      2: () => 7,
    },
  },
})

const stored = (eventType: string, eventData: EventDocument['eventData'], schemaVersion?: number): EventDocument => ({
  id: 'a:1:1',
  stream: { id: 'a:1', version: 1 },
  eventType,
  eventData,
  metadata: { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z', ...(schemaVersion && { schemaVersion }) },
})

describe('defineEvents', () => {
  it.each(['', '$own', 'x'.repeat(201), 'a\u001b[2J', 'a\nb', '\u009b', 'a\u202eb', '\u2029'])(
    'refuses the name %j',
    (name) => {
      expect(() => defineEvents({ [name]: z.object({}) })).toThrow(InvalidDefinition)
    },
  )

  it('refuses what is no schema, and versions without all their upcasters', () => {
    const schema = z.object({})
    const bad = [{ A: 7 }, { A: null }, { A: { schema: {}, version: 2, upcast: { 1: () => ({}) } } }]
    for (const definitions of bad) expect(() => defineEvents(definitions as never)).toThrow()
    for (const version of [0, -1, 1.5, Number.NaN]) {
      expect(() => defineEvents({ A: { schema, version, upcast: {} } })).toThrow(InvalidDefinition)
    }
    expect(() => defineEvents({ A: { schema, version: 3, upcast: { 1: () => ({}) } } })).toThrow(InvalidDefinition)
    expect(() => defineEvents({ A: { schema, version: 1, upcast: {} } })).not.toThrow()
  })
})

describe('validateEvent', () => {
  // It answers at once where the schema does; here either will do.
  const validate = async (...[events, event]: Parameters<typeof validateEvent>) => validateEvent(events, event)

  it("answers the schema's output", async () => {
    expect(await validate(set, { type: 'Plain', data: { extra: 1 } })).toEqual({ n: 7 })
  })

  it('names the path of each fault', async () => {
    const refusal = validate(set, { type: 'Plain', data: { n: 'x', address: { city: 1 } } })
    await expect(refusal).rejects.toBeInstanceOf(InvalidEventData)
    await expect(refusal).rejects.toMatchObject({ issues: [{ path: 'n' }, { path: 'address.city' }] })
  })

  it.each(['Nope', 'toString', '__proto__', 'constructor'])('does not know %s', async (type) => {
    await expect(validate(set, { type, data: {} })).rejects.toBeInstanceOf(UnknownEventType)
  })

  it('answers at once when the schema does', () => {
    expect(validateEvent(set, { type: 'Plain', data: {} })).toEqual({ n: 7 })
    expect(() => validateEvent(set, { type: 'Plain', data: { n: 'x' } })).toThrow(InvalidEventData)
  })

  it('waits for a schema that takes its time', async () => {
    const slow = defineEvents({ Slow: z.object({ n: z.number().refine(async (n) => n > 1) }) })
    await expect(validate(slow, { type: 'Slow', data: { n: 1 } })).rejects.toBeInstanceOf(InvalidEventData)
    expect(await validate(slow, { type: 'Slow', data: { n: 2 } })).toEqual({ n: 2 })
  })
})

describe('encodeEvents', () => {
  it('stores the validated output, ids, and the schema version from 2 on', async () => {
    const [plain, renamed] = await encodeEvents(set, [
      { type: 'Plain', data: {}, id: 'own' },
      { type: 'Renamed', data: { name: 'n', size: 1 } },
    ])
    expect(plain).toEqual({ eventType: 'Plain', eventData: { n: 7 }, metadata: { eventId: 'own' } })
    expect(renamed?.metadata.schemaVersion).toBe(3)
    expect(renamed?.metadata.eventId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it("puts an event's own metadata before what the append says", async () => {
    const [event] = await encodeEvents(
      set,
      [{ type: 'Plain', data: {}, metadata: { tenant: 'b', correlationId: 'own' } }],
      {
        metadata: { tenant: 'a', causationId: 'cause' },
      },
    )
    expect(event?.metadata).toMatchObject({ tenant: 'b', correlationId: 'own', causationId: 'cause' })
  })

  it('takes ids from the command, where there is one', async () => {
    const command = { id: 'c', fingerprint: 'f', eventId: (index: number) => `c-${index}` }
    const events = await encodeEvents(
      set,
      [1, 2].map(() => ({ type: 'Plain' as const, data: {} })),
      { command },
    )
    expect(events.map(({ metadata }) => metadata)).toEqual(
      [0, 1].map((i) => ({ eventId: `c-${i}`, commandId: 'c', commandFingerprint: 'f' })),
    )
    const named = encodeEvents(set, [{ type: 'Plain', data: {}, id: 'own' }], { command })
    await expect(named).rejects.toBeInstanceOf(InvalidEvent)
  })

  it.each(['eventId', 'recordedAt', 'schemaVersion', 'commandId', 'commandFingerprint', 'salt', 'mac'])(
    'keeps the metadata %s to itself',
    async (name) => {
      const event = { type: 'Plain' as const, data: {} }
      await expect(encodeEvents(set, [{ ...event, metadata: { [name]: 'x' } }])).rejects.toBeInstanceOf(InvalidEvent)
      await expect(encodeEvents(set, [event], { metadata: { [name]: 'x' } })).rejects.toBeInstanceOf(InvalidEvent)
    },
  )
})

describe('decodeEvents', () => {
  it('gives every stored version in the newest shape, and leaves the document as it was', async () => {
    const documents = [
      stored('Renamed', { title: 'abc' }),
      stored('Renamed', { title: 'abc' }, 1),
      stored('Renamed', { name: 'abc' }, 2),
      stored('Renamed', { name: 'abc', size: 3 }, 3),
    ]
    const before = structuredClone(documents)
    const events = await decodeEvents(set, documents)
    for (const { data } of events) expect(data).toEqual({ name: 'abc', size: 3 })
    expect(events[0]).toMatchObject({ type: 'Renamed', streamId: 'a:1', version: 1, metadata: { eventId: 'x' } })
    expect(documents).toEqual(before)
  })

  it('passes over types that the set does not know', async () => {
    const documents = ['Unknown', '$tombstone', 'toString', '__proto__'].map((type) => stored(type, {}))
    expect(await decodeEvents(set, [...documents, stored('Plain', { n: 1 })])).toHaveLength(1)
  })

  it('does not validate again: what is stored is what counts', async () => {
    const [event] = await decodeEvents(set, [stored('Plain', { n: 'was allowed then' })])
    expect(event?.data).toEqual({ n: 'was allowed then' })
  })

  it('stops at a newer schema, and where an upcaster throws or gives no object', async () => {
    const newer = decodeEvents(set, [stored('Renamed', {}, 4)])
    await expect(newer).rejects.toBeInstanceOf(EventSchemaTooNew)
    await expect(newer).rejects.toMatchObject({ eventType: 'Renamed', stored: 4, known: 3 })
    await expect(decodeEvents(set, [stored('Plain', {}, 2)])).rejects.toBeInstanceOf(EventSchemaTooNew)
    await expect(decodeEvents(set, [stored('Broken', {}, 1)])).rejects.toMatchObject({
      code: 'UpcastFailed',
      cause: new Error('cannot'),
    })
    await expect(decodeEvents(set, [stored('Broken', {}, 2)])).rejects.toBeInstanceOf(UpcastFailed)
  })
})
