import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotJson } from '../../../../src/core/errors/input.ts'
import { assertJson, copyJson } from '../../../../src/core/json/json.ts'

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

  it('refuses a cycle and what is nested deeper than 120 levels', () => {
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    expect(() => assertJson(loop)).toThrow(NotJson)
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    expect(() => assertJson(nested(120))).not.toThrow()
    expect(() => assertJson(nested(121))).toThrow(/120 levels/)
  })

  it.each([
    ['in an object', { toJSON: () => 'evil' }],
    ['in an object, hidden', Object.defineProperty({ n: 1 }, 'toJSON', { value: () => 'evil' })],
    ['on an array', Object.defineProperty([1], 'toJSON', { value: () => 'evil' })],
    ['inside', { a: [Object.defineProperty([1], 'toJSON', { value: () => 'evil' })] }],
  ])('refuses a method toJSON %s', (_, value) => {
    expect(() => assertJson(value)).toThrow(/toJSON/)
  })

  it('takes a member toJSON that is no method', () => {
    expect(copyJson({ toJSON: 'text' })).toEqual({ toJSON: 'text' })
  })

  it('keeps what it tells of a place short', () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1n : { ['member'.repeat(50)]: deep(depth - 1) })
    expect(() => assertJson(deep(100))).toThrow(/^Not JSON at \$….{100,300}: a bigint$/)
  })
})

describe('copyJson', () => {
  it('gives what JSON would, whatever the members are called', () => {
    fc.assert(
      fc.property(wellFormed, (value) => {
        const copied = copyJson(value)
        expect(JSON.stringify(copied)).toBe(JSON.stringify(value))
        if (typeof value === 'object' && value !== null) expect(copied).not.toBe(value)
      }),
    )
    const odd = JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":3}')
    expect(JSON.stringify(copyJson(odd))).toBe('{"__proto__":{"a":1},"constructor":2,"toString":3}')
    expect(Object.getPrototypeOf(copyJson(odd))).toBe(Object.prototype)
  })

  it('reads each member once, so that what is checked is what is copied', () => {
    const reads: string[] = []
    const moody = new Proxy([1, 2] as unknown[], {
      get(target, name) {
        if (typeof name === 'string') reads.push(name)
        return reads.filter((read) => read === name).length > 1 ? Number.NaN : Reflect.get(target, name)
      },
    })
    let asked = 0
    const getter = {
      get n() {
        return asked++ === 0 ? 1 : Number.NaN
      },
    }
    expect(copyJson({ moody, getter })).toEqual({ moody: [1, 2], getter: { n: 1 } })
  })
})

function withoutMinusZero(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(withoutMinusZero)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMinusZero(inner)]))
}
