import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deepFreeze, makeImmutable } from '../../../../src/core/json/deep-freeze.ts'
import { freezeJson } from '../../../../src/core/json/freeze-json.ts'
import { assertJson } from '../../../../src/core/json/json.ts'

/** Whether everything inside of a value of plain objects and arrays is frozen. */
function isFrozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThroughout)
}

const wellFormed = fc.jsonValue().filter((value) => JSON.stringify(value).isWellFormed())

/** A JSON value in which some objects and arrays are frozen already, but not what lies inside of them. */
const partlyFrozen = fc.tuple(wellFormed, fc.infiniteStream(fc.boolean())).map(([value, choices]) => {
  const freezeSome = (inner: unknown): void => {
    if (typeof inner !== 'object' || inner === null) return
    for (const member of Object.values(inner)) freezeSome(member)
    if (choices.next().value) Object.freeze(inner)
  }
  const copy = JSON.parse(JSON.stringify(value)) as unknown
  freezeSome(copy)
  return copy
})

describe('deepFreeze', () => {
  test('freezes all that is inside, also inside of what was frozen before', () => {
    fc.assert(
      fc.property(partlyFrozen, (value) => {
        expect(deepFreeze(value)).toBe(value)
        expect(isFrozenThroughout(value)).toBe(true)
        expect(makeImmutable(value)).toBe(true)
      }),
    )
  })

  test('freezes what is around a value that was met before', () => {
    fc.assert(
      fc.property(partlyFrozen, partlyFrozen, (one, two) => {
        for (const around of [[one], Object.freeze({ one, two }), [[one], { two }, one]]) {
          expect(makeImmutable(around)).toBe(true)
          expect(isFrozenThroughout(around)).toBe(true)
        }
      }),
    )
  })

  test('ends with a cycle', () => {
    const loop: Record<string, unknown> = { inner: {} }
    loop.inner = Object.freeze({ loop })
    expect(makeImmutable(loop)).toBe(true)
    expect(Object.isFrozen(loop)).toBe(true)
  })

  test.each([[new Map()], [new Set()], [new Date()], [/x/], [() => 1], [new (class A {})()], [new Uint8Array(1)]])(
    'knows that %o can still be changed, wherever it lies',
    (value) => {
      for (let i = 0; i < 3; i++) {
        for (const around of [value, [value], { a: { b: Object.freeze([value]) }, c: 1 }]) {
          expect(makeImmutable(around)).toBe(false)
          expect(makeImmutable(around), 'asked again').toBe(false)
        }
      }
    },
  )
})

describe('freezeJson', () => {
  test('tells the bytes that JSON.stringify makes, and freezes all', () => {
    fc.assert(
      fc.property(partlyFrozen, (value) => {
        for (const one of [value, value, [value, value], { value, twice: [value] }]) {
          expect(freezeJson(one)).toBe(Buffer.byteLength(JSON.stringify(one)))
          expect(isFrozenThroughout(one)).toBe(true)
        }
      }),
    )
  })

  test('takes what assertJson takes, also where parts were met before', () => {
    const anything = fc.anything({ withDate: true, withMap: true, withBigInt: true, withNullPrototype: true })
    const faultOf = (check: (value: unknown) => void, value: unknown): string | undefined => {
      try {
        check(value)
        return undefined
      } catch (error) {
        return (error as Error).message
      }
    }
    fc.assert(
      fc.property(anything, (value) => {
        const expected = faultOf((one) => assertJson(one), value)
        expect(faultOf((one) => freezeJson(one), value)).toBe(expected)
        expect(faultOf((one) => freezeJson(one), value)).toBe(expected)
        expect(faultOf((one) => freezeJson(one), [value]) === undefined).toBe(expected === undefined)
      }),
      { numRuns: 500 },
    )
  })

  test('counts the levels around a value that was met before', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    const inner = nested(119)
    for (let i = 0; i < 3; i++) expect(() => freezeJson([inner])).not.toThrow()
    for (let i = 0; i < 3; i++)
      expect(() => freezeJson([[inner]])).toThrow(expect.objectContaining({ code: 'NotJson' }))
  })

  test('does not count a member that is undefined', () => {
    const value = { a: undefined, b: 1, c: undefined }
    expect(freezeJson(value)).toBe(JSON.stringify(value).length)
    expect(freezeJson({ a: undefined })).toBe(2)
  })
})
