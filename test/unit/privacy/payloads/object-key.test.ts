import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../../src/privacy/payloads/integrity.ts'
import {
  isKeyText,
  objectKey as keyByHash,
  ownerPrefix,
  type PayloadOwner,
  parseObjectKey,
} from '../../../../src/privacy/payloads/object-key.ts'

const content = Buffer.from('the stored bytes')
const objectKey = (owner: PayloadOwner, stored: Uint8Array) => keyByHash(owner, digestOf(stored).sha256)
const anything = fc.string({ unit: 'binary', maxLength: 300 })
const owners = fc.record({ owner: anything, streamId: anything, eventId: anything, field: anything })

describe('the key of a payload', () => {
  it('can be read: owner, stream, event, field, and a hash of the content', () => {
    const key = objectKey({ owner: 'a_-Z', streamId: 'member:17', eventId: '0192-ab', field: 'scan' }, content)
    expect(key).toMatch(/^a_-Z\/member%3A17\/0192-ab\/scan~[\w-]{16}$/)
    expect(parseObjectKey(key)).toEqual({ owner: 'a_-Z', streamId: 'member:17', eventId: '0192-ab' })
  })

  it('is the same for a repeat, and another one for other content of the same event', () => {
    const owner = { owner: 'o', streamId: 's:1', eventId: 'e', field: 'f' }
    expect(objectKey(owner, Buffer.from(content))).toBe(objectKey(owner, content))
    expect(objectKey(owner, Buffer.from('other'))).not.toBe(objectKey(owner, content))
  })

  it('has four parts, is safe as a path, begins with the prefix of its owner, and fits into 1,024 bytes', () => {
    fc.assert(
      fc.property(owners, (owner) => {
        const key = objectKey(owner, content)
        expect(isKeyText(key)).toBe(true)
        expect(key.split('/')).toHaveLength(4)
        expect(key.startsWith(ownerPrefix(owner.owner))).toBe(true)
        expect(Buffer.byteLength(key)).toBeLessThan(1024)
      }),
    )
  })

  it('differs where the owner, the stream, the event or the field differs, however odd they are', () => {
    const odd = fc.constantFrom('.', '..', '', '~', '%2E', 'a/b', 'a', 'A', '\ud800', '\ufffd', 'x'.repeat(250), 'é')
    const some = fc.record({ owner: odd, streamId: odd, eventId: odd, field: odd })
    fc.assert(
      fc.property(some, some, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(objectKey(one, content) === objectKey(other, content)).toBe(same)
      }),
      { numRuns: 1000 },
    )
  })

  it('is parsed into what it was made from, or not at all where it is abbreviated', () => {
    fc.assert(
      fc.property(owners, ({ field, ...owner }) => {
        const parsed = parseObjectKey(objectKey({ ...owner, field }, content))
        if (parsed !== undefined) expect(parsed).toEqual(owner)
        else expect(Object.values(owner).some((part) => part === '' || encodeLength(part) > 66)).toBe(true)
      }),
    )
  })
})

const encodeLength = (part: string) => encodeURIComponent(part.toWellFormed()).length

it.each(['../a', 'a/../b', '/a', 'a//b', '.', 'a/./b', 'a\\b', 'a\0', 'ä', 'a b'])('%j is no key', (text) => {
  expect(isKeyText(text)).toBe(false)
})
