import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../../src/core/json/canonical-json.ts'
import { assertJson, type Json } from '../../../../src/core/json/json.ts'

describe('canonicalJson', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as Json))).toEqual(plain(value))
      }),
    )
  })

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(turned(value) as Json)).toBe(canonicalJson(value as Json))
      }),
    )
  })

  it('differs where values differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const same = canonicalJson(a as Json) === canonicalJson(b as Json)
        expect(same).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)))
      }),
    )
  })

  it('is as RFC 8785 shows it', () => {
    const value = JSON.parse(`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  it('sorts members by UTF-16 code units and leaves out what is undefined', () => {
    const value = { '\ufb33': 1, '😀': 2, b: 3, a: undefined, '': 4 }
    expect(canonicalJson(value)).toBe('{"":4,"b":3,"😀":2,"\ufb33":1}')
  })

  it('has the bytes of a naive implementation, and refuses what assertJson refuses', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(outcome(() => canonicalJson(value as Json))).toEqual(outcome(() => naive(value)))
      }),
      { numRuns: 2000 },
    )
  })

  it('sorts objects of many members', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 4 }), { maxLength: 80 }), (names) => {
        const value = Object.fromEntries(names.filter((name) => name.isWellFormed()).map((name, i) => [name, i]))
        expect(canonicalJson(value)).toBe(naive(value))
      }),
    )
  })

  it('knows a name again, of however many it has met', () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `n"${i}`)
    for (let round = 0; round < 2; round++) {
      const wrong = names.filter((name) => canonicalJson({ [name]: 1 }) !== `{${JSON.stringify(name)}:1}`)
      expect(wrong).toEqual([])
    }
  })

  it('leaves out a member that is undefined, wherever it stands', () => {
    expect(canonicalJson({ a: undefined, b: 1, c: undefined, d: 2, e: undefined })).toBe('{"b":1,"d":2}')
    expect(canonicalJson({ a: undefined })).toBe('{}')
  })

  it('writes -0 as 0', () => {
    expect(canonicalJson([-0, 0])).toBe('[0,0]')
  })

  it('tells a tampered document from the one that it imitates', () => {
    const pairs: [tampered: unknown, stored: Json][] = [
      [{ a: '\ud800' }, { a: '\ufffd' }],
      [{ a: '\ud800' }, { a: '\\ud800' }],
      [{ '\udc00': 1 }, { '\ufffd': 1 }],
      [{ a: Number.NaN }, { a: null }],
      [{ a: Number.POSITIVE_INFINITY }, { a: null }],
      [{ a: new Date(0) }, { a: {} }],
      [{ a: new Map([['b', 1]]) }, { a: {} }],
      [{ a: new Uint8Array([7]) }, { a: { 0: 7 } }],
      [{ a: [undefined] }, { a: [null] }],
      [{ a: new Array(1) }, { a: [null] }],
      [undefined, null],
    ]
    for (const [tampered, stored] of pairs) {
      expect(() => canonicalJson(stored)).not.toThrow()
      expect(() => canonicalJson(tampered as Json)).toThrow(expect.objectContaining({ code: 'NotJson' }))
    }
  })

  it.each([
    [{ a: [1, { b: Number.NaN }] }, '$.a[1].b', 'NaN'],
    [{ z: 1, a: { b: '\ud800' } }, '$.a.b', 'a string with a lone surrogate'],
    [{ a: { [`${'x'.repeat(100)}\udc00`]: 1 } }, `$.a.${'x'.repeat(100)}\udc00`, 'a member name with a lone surrogate'],
    [[1, new Date(0)], '$[1]', 'an instance of Date'],
    [{ a: new (class Reading {})() }, '$.a', 'an instance of Reading'],
    [{ a: { toJSON: () => 1 } }, '$.a', 'a method toJSON'],
    [{ a: () => 1 }, '$.a', 'a function'],
    [{ a: 1n }, '$.a', 'a bigint'],
    [[Symbol('secret')], '$[0]', 'a symbol'],
    [[undefined], '$[0]', 'undefined'],
    [undefined, '$', 'undefined'],
    [`${'x'.repeat(50)}\ud800`, '$', 'a string with a lone surrogate'],
  ])('names the place that is not JSON: %#', (value, path, found) => {
    expect(() => canonicalJson(value as unknown as Json)).toThrow(
      expect.objectContaining({ code: 'NotJson', path, message: `Not JSON at ${path}: ${found}` }),
    )
  })

  it('refuses what is nested deeper than anything that is stored', () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`)
    expect(canonicalJson(nested(256))).toHaveLength(255 * 6 + 2)
    const refused = expect.objectContaining({ code: 'NotJson', message: expect.stringContaining('256 levels') })
    expect(() => canonicalJson(nested(257))).toThrow(refused)
    expect(() => canonicalJson(nested(100_000))).toThrow(refused)
    const lists = JSON.parse(`${'['.repeat(257)}${']'.repeat(257)}`)
    expect(() => canonicalJson(lists)).toThrow(refused)
  })
})

/** JSON, with strings of any code units, and now and then something else. */
const anything = fc.anything({
  key: fc.string({ unit: 'binary' }),
  values: [
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 100 }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    // Most values are JSON, so that large ones are, too.
    fc.oneof({ weight: 30, arbitrary: fc.string() }, { weight: 1, arbitrary: loneSurrogates() }),
  ],
  withNullPrototype: true,
})

function loneSurrogates(): fc.Arbitrary<string> {
  const unit = fc.constantFrom('\ud800', '\udc00', 'a', '😀')
  return fc.string({ unit, maxLength: 80 })
}

/** RFC 8785 as one would write it down: a check, then the members in order. */
function naive(value: unknown): string {
  assertJson(value)
  return JSON.stringify(sorted(value))
}

function outcome(run: () => string): unknown {
  try {
    return run()
  } catch (error) {
    return (error as { readonly code?: unknown }).code
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const mapped = (value: unknown, order: (names: string[]) => string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, order))
  if (typeof value !== 'object' || value === null) return value
  const names = order(Object.keys(value))
  return Object.fromEntries(names.map((name) => [name, mapped((value as Record<string, unknown>)[name], order)]))
}
const turned = (value: unknown) => mapped(value, (names) => names.reverse())
const sorted = (value: unknown) => mapped(value, (names) => names.sort())
