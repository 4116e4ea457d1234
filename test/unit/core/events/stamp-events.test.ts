import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeEvents } from '../../../../src/core/events/codec.ts'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { randomSalt } from '../../../../src/core/events/random-salt.ts'
import { stampEvents, withoutStamp } from '../../../../src/core/events/stamp-events.ts'
import type { SealableEvent } from '../../../../src/core/events/writer-seal.ts'
import type { Json } from '../../../../src/core/json/json.ts'
import type { EventMetadata, NewEventDocument } from '../../../../src/core/port/event-document.ts'

const document = (eventId: string, more = {}): NewEventDocument => ({
  eventType: 'A',
  eventData: { n: 1 },
  metadata: { eventId, ...more },
})

describe('a salt', () => {
  it('is the one way to write 16 random bytes as base64url, and never the same', () => {
    const salts = Array.from({ length: 2_000 }, randomSalt)
    for (const salt of salts) {
      const bytes = Buffer.from(salt, 'base64url')
      expect([bytes.length, bytes.toString('base64url')]).toEqual([16, salt])
    }
    expect(new Set(salts).size).toBe(salts.length)
    // Every bit is random: each is set in about half of them.
    for (let bit = 0; bit < 128; bit++) {
      const set = salts.filter((salt) => (Buffer.from(salt, 'base64url')[bit >> 3] as number) & (1 << (bit & 7)))
      expect(Math.abs(set.length - 1_000)).toBeLessThan(200)
    }
  })
})

describe('events that are about to be appended', () => {
  it('each get a salt, and the documents that were given stay as they are', () => {
    const given = [document('x', { correlationId: 'c' }), document('y')]
    const before = structuredClone(given)
    const stamped = stampEvents(undefined, 'a:1', given, 'any')
    expect(given).toEqual(before)
    expect(stamped.map(({ metadata: { salt, ...rest }, ...event }) => ({ ...event, metadata: rest }))).toEqual(given)
    expect(stamped[0]?.metadata.salt).not.toBe(stamped[1]?.metadata.salt)
  })

  it('keep a salt that they have, with their seal', () => {
    const kept = document('x', { salt: 's', mac: 'm' })
    expect(stampEvents({ seal: () => 'other' }, 'a:1', [kept], 0)).toEqual([kept])
    const salted = document('x', { salt: 's' })
    expect(stampEvents(undefined, 'a:1', [salted], 0)).toEqual([salted])
    expect(stampEvents({ seal: () => 'm' }, 'a:1', [salted], 0)).toEqual([kept])
  })

  it.each([
    ['noStream', [1, 2]],
    [0, [1, 2]],
    [7, [8, 9]],
    ['any', [null, null]],
    ['streamExists', [null, null]],
  ] as const)('are sealed with their salts, and with their versions where %s is expected', (expected, versions) => {
    const seen: SealableEvent[] = []
    const seal = (event: SealableEvent) => `seal ${seen.push(event)}`
    const stamped = stampEvents({ seal }, 'a:1', [document('x'), document('y')], expected)
    expect(seen.map(({ streamId, version }) => [streamId, version])).toEqual(versions.map((one) => ['a:1', one]))
    expect(stamped.map(({ metadata }) => metadata.mac)).toEqual(['seal 1', 'seal 2'])
    expect(seen.map(({ metadata }) => metadata)).toEqual(stamped.map(({ metadata: { mac: _, ...rest } }) => rest))
  })
})

describe('metadata without the stamp', () => {
  it('is the rest of it, whatever its names', () => {
    const names = fc.string().filter((name) => name !== 'salt' && name !== 'mac')
    const rest = fc.dictionary(names, fc.jsonValue() as fc.Arbitrary<Json>)
    fc.assert(
      fc.property(rest, fc.subarray(['salt', 'mac']), (others, stamps) => {
        const metadata: EventMetadata = Object.assign(JSON.parse(JSON.stringify(others)), {
          eventId: 'x',
          recordedAt: '2026-01-01T00:00:00.000Z',
        })
        const stamped = Object.assign(
          JSON.parse(JSON.stringify(metadata)),
          Object.fromEntries(stamps.map((s) => [s, s])),
        )
        expect(withoutStamp(stamped)).toEqual(metadata)
      }),
    )
  })

  it('keeps a member called __proto__ as one of its own', () => {
    const metadata = JSON.parse('{"eventId":"x","recordedAt":"t","__proto__":{"a":1},"salt":"s"}')
    const rest = withoutStamp(metadata)
    expect(JSON.stringify(rest)).toBe('{"eventId":"x","recordedAt":"t","__proto__":{"a":1}}')
    expect(Object.getPrototypeOf(rest)).toBe(Object.prototype)
  })

  it('is what readers of events get, while the document keeps its stamp', async () => {
    const set = defineEvents({ A: z.object({ n: z.number() }) })
    const metadata = { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z', tenant: 't', salt: 's', mac: 'm' }
    const stored = { id: 'a:1:1', stream: { id: 'a:1', version: 1 }, eventType: 'A', eventData: { n: 1 }, metadata }
    const [event] = await decodeEvents(set, [stored])
    expect(event?.metadata).toEqual({ eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z', tenant: 't' })
    expect(stored.metadata.salt).toBe('s')
  })
})
