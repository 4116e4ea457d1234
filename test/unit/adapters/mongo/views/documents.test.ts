import fc from 'fast-check'
import { BSON } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { type StoredEvent, storedEvents, toDocument } from '../../../../../src/adapters/mongo/documents.ts'
import type { JsonObject } from '../../../../../src/core/json/json.ts'
import { containsHash } from '../../../../../src/core/positions/hash-interval.ts'
import { feedRanges, placeOf } from '../../../../../src/core/positions/stream-slot.ts'

const STREAM = 'meter:1:2026'

// The driver's own defaults for what our collections are opened with.
const throughBson = (event: StoredEvent): StoredEvent =>
  BSON.deserialize(BSON.serialize(event, { ignoreUndefined: true })) as StoredEvent

const name = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.constantFrom('', '$ref', '$id', '$db', '_bsontype', '__proto__', 'constructor', 'a.b', '$where', '\0', '0', '_id'),
)
const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, false, 'ObjectId', 'Long', 0, -1, 5e-324, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
})).object as fc.Arbitrary<unknown>

const prepare = (data: unknown, metadata: unknown) => ({
  eventId: 'e',
  type: 'T',
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
})

describe('a stored event', () => {
  it('comes back as it was appended, whatever its data and metadata are', () => {
    fc.assert(
      fc.property(json, json, (data, more) => {
        const own = Object.entries(more as object).filter(([key]) => key !== 'recordedAt')
        const metadata = { ...Object.fromEntries(own), eventId: 'e' }
        const recordedAt = '2026-01-01T00:00:00.000Z'
        const [stored] = storedEvents(STREAM, placeOf(STREAM, 8), 4, 'append', recordedAt, [prepare(data, metadata)])
        const document = toDocument(throughBson(stored as StoredEvent))
        const { recordedAt: _, ...rest } = document.metadata
        expect(JSON.stringify(document.eventData)).toBe(JSON.stringify(JSON.parse(JSON.stringify(data))))
        expect(rest).toEqual(JSON.parse(JSON.stringify(metadata)))
        expect([document.id, document.stream]).toEqual([`${STREAM}:5`, { id: STREAM, version: 5 }])
      }),
      { numRuns: 500 },
    )
  })

  it('says which append it belongs to, and where that begins and ends', () => {
    const events = [1, 2, 3].map((n) => prepare({ n }, { eventId: `e${n}` }))
    const stored = storedEvents(STREAM, placeOf(STREAM, 1), 4, 'append', '2026-01-01T00:00:00.000Z', events)
    expect(stored.map(({ append, stream }) => [append, stream.version])).toEqual(
      [5, 6, 7].map((version) => [{ id: 'append', first: 5, last: 7 }, version]),
    )
  })

  it('is a plain document where it can be, so that people and queries find their way', () => {
    const data: JsonObject = { list: [1, { a: 'b' }], text: 'x' }
    const events = [prepare(data, { eventId: 'e', tenant: 'T' })]
    const [stored] = storedEvents(STREAM, placeOf(STREAM, 1), 0, 'append', '2026-01-01T00:00:00.000Z', events)
    expect(stored?.json).toBeUndefined()
    expect(stored?.eventData).toEqual(data)
    expect(Object.keys(stored?.metadata ?? {})).toEqual(['eventId', 'recordedAt', 'tenant'])
  })
})

describe('placeOf', () => {
  it('puts a stream into the slot whose feed range holds its hash', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 256 }), (streamId, slots) => {
        const { hash, slot } = placeOf(streamId, slots)
        const ranges = feedRanges(slots)
        expect(hash).toMatch(/^[0-7][0-9A-F]{15}$/)
        expect(ranges.filter((range) => containsHash(range, hash))).toEqual([ranges[slot]])
        expect([ranges[0]?.min, ranges.at(-1)?.max]).toEqual(['', 'FF'])
      }),
    )
  })

  it('stays where it is: stored tidemarks hold it', () => {
    expect(placeOf('meter:87000001:2026', 8)).toEqual({ hash: '28A354C47F9AAB97', slot: 2 })
  })
})
