import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bindKey, LONGEST_KEY, unbindKey } from '../../../../src/connectors/key-vault/bound-key.ts'

const keys = fc.uint8Array({ maxLength: LONGEST_KEY })
const contexts = fc.dictionary(fc.string(), fc.string())

test('a key comes back in the context that it was bound to, in whatever order its members are', () => {
  fc.assert(
    fc.property(keys, contexts, (key, context) => {
      const bound = bindKey(key, context)
      const reversed = Object.fromEntries(Object.entries(context).reverse())
      expect(Buffer.from(unbindKey(bound, reversed) ?? [255])).toEqual(Buffer.from(key))
    }),
  )
})

test('a bound key suits AES key wrap and RSA-OAEP-256 with 2048 bits', () => {
  fc.assert(
    fc.property(keys, contexts, (key, context) => {
      const { length } = bindKey(key, context)
      expect(length % 8).toBe(0)
      expect(length).toBeLessThanOrEqual(190)
    }),
  )
})

test('a key does not come back in another context', () => {
  fc.assert(
    fc.property(keys, contexts, fc.string(), fc.string(), (key, context, name, value) => {
      fc.pre(context[name] !== value)
      expect(unbindKey(bindKey(key, context), { ...context, [name]: value })).toBeUndefined()
    }),
  )
})

test('bytes that are no bound key give none, however long they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      expect(unbindKey(bytes, {})).toBeUndefined()
    }),
  )
})

test('a key that is too long for the shortest RSA key is refused', () => {
  expect(() => bindKey(new Uint8Array(LONGEST_KEY + 1), {})).toThrow(RangeError)
})
