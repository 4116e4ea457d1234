import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertViewKey } from '../../../src/core/view-key.ts'
import { compareSlots, slotAt, streamOf } from '../../../src/uniqueness/claim.ts'
import { claimKeys } from '../../../src/uniqueness/claim-key.ts'
import { changeOf, uniqueValuesOf } from '../../../src/uniqueness/unique-values.ts'

const text = fc.string({ unit: 'grapheme' })

describe('the key of a claim', () => {
  it('differs wherever category, name or value differ, however they are divided', () => {
    const key = claimKeys(Buffer.alloc(32, 1))
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (a, b) => {
        const isSame = a.every((part, i) => part === b[i])
        expect(key(...a) === key(...b)).toBe(isSame)
      }),
    )
    expect(key('a', 'bc', 'd')).not.toBe(key('ab', 'c', 'd'))
    expect(key('a', 'b', 'cd')).not.toBe(key('a', 'bc', 'd'))
  })

  it('is a valid key of a view, and always the same', () => {
    const key = claimKeys(Buffer.alloc(32, 7))('customer', 'email', 'ann@example.org')
    expect(key).toBe('JUIE4pOjxwox67pj-ti8Bu64K-cwEwqdSMmFVX9dMMw')
    assertViewKey(key)
  })

  it('differs with the secret', () => {
    const [one, other] = [1, 2].map((byte) => claimKeys(Buffer.alloc(32, byte))('c', 'n', 'v'))
    expect(one).not.toBe(other)
  })
})

describe('the slot of a claim', () => {
  it('names a stream and a version of it', () => {
    expect(slotAt('meter:7', 3)).toEqual({ owner: 'meter:7', at: 3 })
    expect(slotAt('meter:7:2020', 3)).toEqual({ owner: 'meter:7', period: '2020', at: 3 })
    for (const stream of ['meter:7', 'meter:7:2020']) expect(streamOf(slotAt(stream, 1))).toBe(stream)
  })

  it('comes after those of earlier periods, and of the list of periods', () => {
    const slots = [
      slotAt('m:7', 1),
      slotAt('m:7', 2),
      slotAt('m:7:2019', 9),
      slotAt('m:7:2020', 1),
      slotAt('m:7:2020', 2),
    ]
    for (const [i, a] of slots.entries()) {
      for (const [j, b] of slots.entries()) expect(Math.sign(compareSlots(a, b))).toBe(Math.sign(i - j))
    }
  })
})

describe('a change of unique values', () => {
  it('is what only one of the states has', () => {
    const values = (list: readonly string[]) =>
      uniqueValuesOf({ n: (state: readonly string[]) => state }, list, () => false)
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (before, after) => {
        const { gained, lost } = changeOf(values(before), values(after))
        const only = (some: readonly string[], others: readonly string[]) =>
          [...new Set(some)].filter((one) => one !== '' && !others.includes(one))
        expect(gained.map(({ value }) => value)).toEqual(only(after, before))
        expect(lost.map(({ value }) => value)).toEqual(only(before, after))
      }),
    )
  })
})
