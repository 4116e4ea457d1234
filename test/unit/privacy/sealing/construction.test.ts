import { createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { associatedData, type DataPart } from '../../../../src/privacy/sealing/associated-data.ts'
import { jointKeys, personKeys } from '../../../../src/privacy/sealing/derived-keys.ts'
import { open, seal } from '../../../../src/privacy/sealing/seal.ts'
import { openText, sealText } from '../../../../src/privacy/sealing/sealed-text.ts'

const keyOf = (ref: string, byte = 7) => personKeys(ref, createSecretKey(Buffer.alloc(32, byte)))
const ADA = keyOf('AAAAAAAAAAAAAAAAAAAAAA.1')
const BOB = keyOf('BBBBBBBBBBBBBBBBBBBBBB.1', 8)

const wellFormed = fc.string({ unit: 'binary' })
const part: fc.Arbitrary<DataPart> = fc.oneof(wellFormed, fc.array(wellFormed, { maxLength: 3 }))
const parts = fc.array(part, { maxLength: 5 })
const bytes = fc.uint8Array({ maxLength: 200 })

test('what was sealed is opened under the same key and associated data', () => {
  fc.assert(
    fc.property(parts, bytes, (of, plain) => {
      const bound = associatedData('event/1', of)
      expect(open(ADA, bound, seal(ADA, bound, plain))).toEqual(Buffer.from(plain))
    }),
  )
})

test('sealing the same text for the same place gives the same bytes, and anything else gives others', () => {
  fc.assert(
    fc.property(parts, parts, bytes, bytes, (of, otherOf, plain, other) => {
      const bound = associatedData('event/1', of)
      const sealed = seal(ADA, bound, plain)
      expect(seal(ADA, bound, plain)).toEqual(sealed)
      expect(seal(BOB, bound, plain)).not.toEqual(sealed)
      if (!Buffer.from(plain).equals(other)) expect(seal(ADA, bound, other)).not.toEqual(sealed)
      const otherBound = associatedData('event/1', otherOf)
      if (bound.equals(otherBound)) return
      const moved = seal(ADA, otherBound, plain)
      expect(moved).not.toEqual(sealed)
      // Not even the nonce is the same, so that one nonce never serves two texts.
      expect(moved.subarray(0, 12)).not.toEqual(sealed.subarray(0, 12))
    }),
  )
})

test('whichever byte of the sealed bytes or of the associated data is changed, nothing is opened', () => {
  const bound = associatedData('event/1', ['member:17', 'id', 'Type', '1', ADA.ref, ['email', 'name']])
  const sealed = seal(ADA, bound, 'some text')
  for (const [of, changes] of [
    [sealed, (changed: Buffer) => open(ADA, bound, changed)],
    [bound, (changed: Buffer) => open(ADA, changed, sealed)],
  ] as const) {
    for (let i = 0; i < of.length; i++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Buffer.from(of)
        changed[i] = (changed[i] as number) ^ (1 << bit)
        expect(changes(changed), `byte ${i}, bit ${bit}`).toBeUndefined()
      }
    }
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(open(ADA, bound, sealed.subarray(0, length))).toBeUndefined()
  }
  expect(open(ADA, bound, Buffer.concat([sealed, Buffer.from([0])]))).toBeUndefined()
  expect(open(BOB, bound, sealed)).toBeUndefined()
})

test('whichever character of the sealed text is changed, nothing is opened', () => {
  const bound = associatedData('view/1', [])
  for (const text of ['a', 'ab', 'abc']) {
    const sealed = sealText(ADA, bound, text)
    for (let i = 0; i < sealed.length; i++) {
      for (const character of 'ABab01-_=+/ \n') {
        if (sealed[i] === character) continue
        expect(openText(ADA, bound, sealed.slice(0, i) + character + sealed.slice(i + 1))).toBeUndefined()
        expect(openText(ADA, bound, sealed.slice(0, i) + character + sealed.slice(i))).toBeUndefined()
      }
    }
  }
})

test('different parts never have the same encoding', () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b)
      expect(associatedData('event/1', a).equals(associatedData('event/1', b))).toBe(same)
    }),
    { numRuns: 2000 },
  )
  const once = associatedData('event/1', ['ab', 'c'])
  for (const other of [['a', 'bc'], ['abc'], ['ab', 'c', ''], ['ab', ['c']], ['ab', 'c', []]]) {
    expect(associatedData('event/1', other)).not.toEqual(once)
  }
  expect(associatedData('view/1', ['ab', 'c'])).not.toEqual(once)
})

test('a joint key is the same in whatever order its people come, and another one without any of them', () => {
  const bound = associatedData('state/1', [])
  const people = [ADA, BOB, keyOf('CCCCCCCCCCCCCCCCCCCCCC.1', 9)]
  const sealed = seal(jointKeys(people), bound, 'state')
  expect(open(jointKeys(people.toReversed()), bound, sealed)?.toString()).toBe('state')
  for (const one of people) {
    const others = people.filter((other) => other !== one)
    expect(open(jointKeys(others), bound, sealed)).toBeUndefined()
    expect(open(one, bound, sealed)).toBeUndefined()
  }
})
