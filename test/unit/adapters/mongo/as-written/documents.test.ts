import { BSON, Decimal128, type Document, Double, Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { decode } from '../../../../../src/adapters/mongo/as-written/decode.ts'
import { storedEvent } from '../../../../../src/adapters/mongo/documents.ts'
import { placeOf } from '../../../../../src/core/positions/stream-slot.ts'

const STREAM = 'meter:1'
const PLACE = placeOf(STREAM, 4)
const RECORDED = '2026-01-02T03:04:05.678Z'

/** The document of an event, as the server holds it once it has an LSN. */
const written = (eventData: object = { a: 1, big: 2 ** 40 }): Document => ({
  ...storedEvent(
    STREAM,
    PLACE,
    3,
    { id: 'append', first: 2, last: 4 },
    {
      eventType: 'Happened',
      eventData: eventData as never,
      metadata: { eventId: 'x', recordedAt: RECORDED },
    },
  ),
  latest: RECORDED,
  lsn: 7,
})

const faultOf = (document: Document | Map<string, unknown> | Uint8Array): string | undefined =>
  decode(document instanceof Uint8Array ? document : BSON.serialize(document, { ignoreUndefined: true }), 4).fault

/** Joins the bytes of documents to one: a document with names that occur twice. */
function joined(...documents: Document[]): Uint8Array {
  const parts = documents.map((one) => BSON.serialize(one).subarray(4, -1))
  const size = Buffer.alloc(4)
  const length = parts.reduce((sum, part) => sum + part.length, 5)
  size.writeInt32LE(length)
  return Buffer.concat([size, ...parts, Buffer.alloc(1)])
}

const CONTENT = 'has a type, data or metadata that no event has'
const JSON_ONLY = 'has data or metadata that are not JSON'
const TYPES = 'has values of other types, or names, than are written'
const FIELDS = 'has fields that are not written, or lacks some'
const SPELLING = 'has a text of its data or metadata in another spelling'
const LSN = 'has an invalid append or LSN'
const SLOT = 'is not in the slot of its stream'

const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) })

const CASES: Readonly<Record<string, readonly [change: (document: Document) => unknown, fault: string]>> = {
  'the number 1.0': [() => ({ eventData: { a: new Double(1), big: 2 ** 40 } }), TYPES],
  'a 64-bit number': [() => ({ eventData: { a: Long.fromNumber(1), big: 2 ** 40 } }), TYPES],
  'a 64-bit number that does not survive': [
    () => ({ eventData: { a: Long.fromString('9007199254740993') } }),
    JSON_ONLY,
  ],
  'a decimal number': [() => ({ eventData: { a: Decimal128.fromString('1') } }), JSON_ONLY],
  NaN: [() => ({ eventData: { a: Number.NaN } }), JSON_ONLY],
  infinity: [() => ({ eventData: { a: Number.POSITIVE_INFINITY } }), JSON_ONLY],
  'minus zero': [() => ({ eventData: { a: -0 } }), FIELDS],
  'a date': [() => ({ eventData: { a: new Date(0) } }), JSON_ONLY],
  bytes: [() => ({ eventData: { a: new BSON.Binary(Buffer.of(1)) } }), JSON_ONLY],
  'an id of MongoDB': [() => ({ eventData: { a: new BSON.ObjectId() } }), JSON_ONLY],
  'a regular expression': [() => ({ eventData: { a: /x/ } }), JSON_ONLY],
  'an array for data': [() => ({ eventData: [1] }), CONTENT],
  'no data': [() => ({ eventData: null }), CONTENT],
  'a type that is no text': [() => ({ eventType: 5 }), CONTENT],
  'a time that is no text': [() => ({ metadata: { eventId: 'x', recordedAt: new Date(0) } }), CONTENT],
  'a text of its data that is not needed': [
    ({ eventData }) => ({ json: { eventData: JSON.stringify(eventData) } }),
    FIELDS,
  ],
  'a text that is no text': [() => ({ json: { eventData: 5 } }), CONTENT],
  'a foreign field': [() => ({ shown: 1 }), FIELDS],
  'a foreign field in its stream': [({ stream }) => ({ stream: { ...stream, shown: 1 } }), TYPES],
  'a foreign field in its append': [({ append }) => ({ append: { ...append, shown: 1 } }), TYPES],
  'a field that objects have anyway': [() => new Map([['constructor', 1]]), FIELDS],
  'a mark that it has no LSN': [() => ({ pending: true }), FIELDS],
  'no latest time of its slot': [() => ({ latest: undefined }), FIELDS],
  'another id': [() => ({ _id: `${STREAM}:4` }), 'has another id than its stream and version'],
  'another slot': [() => ({ slot: (PLACE.slot + 1) % 4 }), SLOT],
  'another hash': [() => ({ hash: '00' }), SLOT],
  'no append': [() => ({ append: undefined }), LSN],
  'an append that ended before it': [({ append }) => ({ append: { ...append, last: 2 } }), LSN],
  'an append that began after it': [({ append }) => ({ append: { ...append, first: 4 } }), LSN],
  'an append that began before the stream': [({ append }) => ({ append: { ...append, first: 0 } }), LSN],
  'half an LSN': [() => ({ lsn: 7.5 }), LSN],
  'no stream': [() => ({ stream: undefined }), 'cannot be read as an event'],
  'a version that is no number': [() => ({ stream: { id: STREAM, version: '3' } }), 'cannot be read as an event'],
  'a placeholder with data': [() => ({ eventType: '$husk' }), 'is a placeholder with data'],
}

describe('a stored event', () => {
  it('has no fault if it is as it was written, in whatever order the server puts its fields', () => {
    expect(faultOf(written())).toBeUndefined()
    expect(faultOf(Object.fromEntries(Object.entries(written()).reverse()))).toBeUndefined()
    for (const data of [{ 'a.b': { c: 1 }, d: -0 }, deep(110), { _bsontype: 'Long' }, JSON.parse('{"__proto__":1}')]) {
      expect(faultOf(written(data))).toBeUndefined()
    }
  })

  it.each(Object.entries(CASES))('has a fault with %s', (_, [change, fault]) => {
    const document = written()
    const changed = change(document)
    const entries = changed instanceof Map ? [...changed] : Object.entries(changed as object)
    expect(faultOf(new Map([...Object.entries(document), ...entries]))).toBe(fault)
  })

  it('has a fault with another text than the fields beside it, or with one in another spelling', () => {
    const document = written({ a: { 'b.c': 1, d: 2 } })
    expect(document.json).toEqual({ eventData: '{"a":{"b.c":1,"d":2}}' })
    expect(document.eventData).toEqual({ a: { d: 2 } })
    expect(faultOf({ ...document, eventData: { a: { d: 3 } } })).toBe(TYPES)
    expect(faultOf({ ...document, eventData: { a: { d: 2 }, e: 1 } })).toBe(TYPES)
    const spellings = ['{"a":{"b.c":1,"d":2},"a":{"b.c":1,"d":2}}', '{"a":{"b.c":1.0,"d":2}}', '{"a": {"b.c":1,"d":2}}']
    for (const eventData of spellings) expect(faultOf({ ...document, json: { eventData } })).toBe(SPELLING)
    const surrogate = { ...document, json: { eventData: '{"a":{"b.c":"\\ud800"}}' } }
    expect(faultOf(surrogate)).toBe(JSON_ONLY)
    expect(faultOf({ ...document, json: { eventData: '{"a":' } })).toBe('cannot be read as an event')
    expect(faultOf({ ...document, json: { eventData: '{"a":{"d":2}}' } })).toBe(FIELDS)
  })

  it('has a fault with a name that occurs twice, of which the driver returns the last', () => {
    const { eventData, ...others } = written()
    const twice = joined({ eventData: { a: 2, big: 1 } }, others, { eventData })
    expect(BSON.deserialize(twice).eventData).toEqual(eventData)
    expect(faultOf(twice)).toBe(TYPES)
  })

  it('has a fault with bytes that are not UTF-8, which the driver replaces', () => {
    const bytes = Buffer.from(BSON.serialize(written({ a: 'ab\ufffd' })))
    expect(faultOf(bytes)).toBeUndefined()
    bytes.set([0xf0, 0x9f, 0x98], bytes.indexOf('\ufffd'))
    expect(faultOf(bytes)).toBe(TYPES)
  })

  it('has a fault if it is no document', () => {
    expect(faultOf(Buffer.from([5, 0, 0, 0, 1]))).toBe('cannot be read as an event')
    expect(faultOf({})).toBe('cannot be read as an event')
  })

  it('is returned with its stream and version if nothing else can be read', () => {
    const { event } = decode(BSON.serialize({ stream: { id: STREAM, version: 3 } }), 4)
    expect([event.id, event.eventType]).toEqual([`${STREAM}:3`, ''])
  })
})
