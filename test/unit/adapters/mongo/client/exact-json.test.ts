import fc from 'fast-check'
import { BSON } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { readStoredJson, storedJson } from '../../../../../src/adapters/mongo/client/exact-json.ts'
import type { JsonObject } from '../../../../../src/core/json/json.ts'

/** What comes back of an object that went through BSON, and what queries see of it. */
function roundTrip(object: JsonObject) {
  const { data, json } = BSON.deserialize(
    BSON.serialize({ data: storedJson(object).value, json: storedJson(object).text }, { ignoreUndefined: true }),
  )
  return { seen: data, back: readStoredJson({ value: data, ...(json !== undefined && { text: json }) }, 'x'), json }
}

const NAMES = [
  '',
  'a',
  '1',
  '10',
  '2',
  '$a',
  '$ref',
  '$id',
  '$db',
  'a.b',
  '\0',
  'a\0',
  '__proto__',
  '_bsontype',
  'toBSON',
]
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme' }))
const { object } = fc.letrec<{ object: JsonObject; value: unknown }>((tie) => ({
  object: fc.dictionary(name, tie('value') as never, { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<JsonObject>,
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -0, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 5e-324, 'ObjectId'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
}))

const nested = (levels: number): JsonObject => (levels === 0 ? {} : { a: nested(levels - 1) })

describe('JSON in BSON', () => {
  it('comes back as JSON.parse would give it', () => {
    fc.assert(
      fc.property(object, (value) => {
        expect(JSON.stringify(roundTrip(value).back)).toBe(JSON.stringify(value))
      }),
      { numRuns: 2000 },
    )
  })

  it('needs a text only for awkward members', () => {
    expect(roundTrip({ a: { b: [1.5, 'x', null] }, 1: 2, '': 3 }).json).toBeUndefined()
    for (const awkward of NAMES.filter((one) => /[$.\0]|_bsontype/.test(one))) {
      expect(roundTrip({ [awkward]: 1 }).json, JSON.stringify(awkward)).toBeTypeOf('string')
    }
  })

  it('leaves what a filter can reach where it is', () => {
    const { seen } = roundTrip({ a: { b: 1, 'c.d': 2, $e: 3 }, '\0': 4, _bsontype: 'ObjectId', f: { _bsontype: 5 } })
    expect(seen).toEqual({ a: { b: 1 }, _bsontype: 'ObjectId', f: { _bsontype: 5 } })
  })

  it('stores no more levels than MongoDB takes, and gives back all', () => {
    const deep = nested(127)
    const { seen, back } = roundTrip(deep)
    expect(back).toEqual(deep)
    expect(JSON.stringify(seen).split('{').length).toBeLessThan(90)
    expect(roundTrip(nested(70)).json).toBeUndefined()
  })

  it('says which document is damaged', () => {
    expect(() => readStoredJson({ value: {}, text: '{' }, 'some:1')).toThrow(
      expect.objectContaining({ code: 'StorageCorrupt', message: expect.stringContaining('some:1') }),
    )
  })
})
