import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../../src/core/json/canonical-json.ts'
import type { Json } from '../../../../src/core/json/json.ts'

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

  it('refuses what is nested deeper than anything that is stored', () => {
    const nested = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`)
    expect(canonicalJson(nested(256))).toHaveLength(255 * 6 + 2)
    expect(() => canonicalJson(nested(257))).toThrow(expect.objectContaining({ code: 'NotJson' }))
    expect(() => canonicalJson(nested(100_000))).toThrow(expect.objectContaining({ code: 'NotJson' }))
  })
})

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const mapped = (value: unknown, order: (names: string[]) => string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, order))
  if (typeof value !== 'object' || value === null) return value
  const names = order(Object.keys(value))
  return Object.fromEntries(names.map((name) => [name, mapped((value as Record<string, unknown>)[name], order)]))
}
const turned = (value: unknown) => mapped(value, (names) => names.reverse())
const sorted = (value: unknown) => mapped(value, (names) => names.sort())
