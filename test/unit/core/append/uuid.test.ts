import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uuidOf, uuidV7 } from '../../../../src/core/append/uuid.ts'

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-([78])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('uuidV7', () => {
  it('has the shape of RFC 9562, and never comes twice', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidV7())
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(SHAPE.exec(id)?.[1]).toBe('7')
  })

  it('grows by call, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 200 }), (times) => {
        const ids = times.map((time) => uuidV7(time))
        expect(ids).toEqual(ids.toSorted())
      }),
    )
  })

  it('grows also when more are made in a millisecond than its counter holds', () => {
    const now = 2 ** 41
    const ids = Array.from({ length: 10_000 }, () => uuidV7(now))
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('begins with the time', () => {
    const now = 2 ** 42
    expect(Number.parseInt(uuidV7(now).replace('-', '').slice(0, 12), 16)).toBe(now)
  })
})

describe('uuidOf', () => {
  it('is a version 8, the same for the same parts and another for others', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        expect(SHAPE.exec(uuidOf(...a))?.[1]).toBe('8')
        expect(uuidOf(...a) === uuidOf(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
    expect(uuidOf('ab', 'c')).not.toBe(uuidOf('a', 'bc'))
  })
})
