import { expect, test } from 'vitest'
import { formatVerifierKey, keyId, parseVerifierKey } from '../../../../src/integrity/keys/verifier-key.ts'
import { GO, MESSAGE } from '../../../support/integrity/published-notes.ts'

test.each([MESSAGE, GO])('the published verifier key is parsed, and formatted as it was', ({ verifierKey }) => {
  const key = parseVerifierKey(verifierKey)
  const [name = '', id, base64 = ''] = verifierKey.split('+')
  expect(key).toMatchObject({ name, id, type: 1, text: verifierKey })
  expect(formatVerifierKey(name, 1, Buffer.from(base64, 'base64').subarray(1))).toBe(verifierKey)
})

test('the same key has other ids under another name and as another type', () => {
  const bytes = Buffer.alloc(32, 7)
  const ids = [
    keyId('a', Buffer.of(1, ...bytes)),
    keyId('b', Buffer.of(1, ...bytes)),
    keyId('a', Buffer.of(4, ...bytes)),
  ]
  expect(new Set(ids).size).toBe(3)
})

const withMaterial = (name: string, material: Uint8Array) =>
  `${name}+${keyId(name, material)}+${Buffer.from(material).toString('base64')}`

test.each([
  ['nothing', ''],
  ['a name only', 'example.com/foo'],
  ['a name with a space', withMaterial('a b', Buffer.alloc(33, 1))],
  ['a name with a no-break space', withMaterial('a\u00a0b', Buffer.alloc(33, 1))],
  ['no name', withMaterial('', Buffer.alloc(33, 1))],
  ['another id', MESSAGE.verifierKey.replace('530d903a', '530d903b')],
  ['an id in capitals', MESSAGE.verifierKey.replace('530d903a', '530D903A')],
  ['another name', MESSAGE.verifierKey.replace('foo', 'fop')],
  ['another key', MESSAGE.verifierKey.replace('AekyeR', 'AekyeS')],
  ['a key that is too short', withMaterial('a', Buffer.alloc(32, 1))],
  ['a key that is too long', withMaterial('a', Buffer.alloc(34, 1))],
  ['ECDSA', withMaterial('a', Buffer.alloc(33, 2))],
  ['ML-DSA-44, which is not supported yet', withMaterial('a', Buffer.alloc(1313, 6))],
  ['base64 without padding', withMaterial('a', Buffer.alloc(32, 1)).replace(/=+$/, '')],
  ['base64 for URLs', MESSAGE.verifierKey.replaceAll('+A', '+_')],
  ['a newline at its end', `${MESSAGE.verifierKey}\n`],
])('a verifier key with %s is refused', (_, text) => {
  expect(() => parseVerifierKey(text)).toThrow(expect.objectContaining({ code: 'InvalidChainKey' }))
})

test('a private key in place of a verifier key is recognized, and not repeated', () => {
  expect(() => parseVerifierKey(GO.privateKey)).toThrow(
    'Invalid verifier key: it is a private key, which must be kept secret',
  )
})
