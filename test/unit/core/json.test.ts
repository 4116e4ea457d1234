import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotJson } from '../../../src/core/errors/input.ts'
import { assertJson } from '../../../src/core/json.ts'

const wellFormed = fc.jsonValue().filter((value) => JSON.stringify(value).isWellFormed())

describe('assertJson', () => {
  it('takes what JSON gives', () => {
    fc.assert(fc.property(wellFormed, (value) => assertJson(JSON.parse(JSON.stringify(value)))))
  })

  it('lets through only what comes back from JSON as it was', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withMap: true, withBigInt: true, withNullPrototype: true }),
        (value) => {
          try {
            assertJson(value)
          } catch (error) {
            expect(error).toBeInstanceOf(NotJson)
            return
          }
          // A member that is undefined counts as absent, and -0 as 0, which equals it.
          expect(JSON.parse(JSON.stringify(value))).toEqual(withoutMinusZero(value))
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    [{ a: { b: [1, Number.NaN] } }, '$.a.b[1]'],
    [{ a: new Date(0) }, '$.a'],
    [[undefined], '$[0]'],
    [{ a: () => 1 }, '$.a'],
    [{ a: 1n }, '$.a'],
    [{ a: 'x\ud800' }, '$.a'],
    [{ 'x\ud800': 1 }, '$'],
    [new Map(), '$'],
  ])('names the place that is not JSON (case %#)', (value, path) => {
    expect(() => assertJson(value)).toThrow(expect.objectContaining({ code: 'NotJson', path }))
  })

  it('refuses a cycle and what is nested deeper than 128 levels', () => {
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    expect(() => assertJson(loop)).toThrow(NotJson)
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    expect(() => assertJson(nested(128))).not.toThrow()
    expect(() => assertJson(nested(129))).toThrow(NotJson)
  })
})

function withoutMinusZero(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(withoutMinusZero)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMinusZero(inner)]))
}
