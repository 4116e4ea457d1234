import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { callbackSigner } from '../../../../../src/integrity/heads/signers/callback-signer.ts'
import { parseVerifierKey } from '../../../../../src/integrity/keys/verifier-key.ts'
import { openNote } from '../../../../../src/integrity/notes/open-note.ts'
import { signNote } from '../../../../../src/integrity/notes/sign-note.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const der = publicKey.export({ format: 'der', type: 'spki' })
const name = 'acme/meters'

test.each([
  ['its 32 bytes', der.subarray(-32)],
  ['DER', der],
])('a key of a service, given as %s, signs notes that its verifier key opens', async (_, bytes) => {
  const signer = callbackSigner({ name, publicKey: bytes, sign: async (message) => sign(null, message, privateKey) })
  const note = await signNote('hello\n', signer)
  expect(openNote(note, [parseVerifierKey(signer.verifierKey)]).text).toBe('hello\n')
})

test('a signature by another key than the public one is noticed before it is used', async () => {
  const other = generateKeyPairSync('ed25519').privateKey
  const signer = callbackSigner({ name, publicKey: der, sign: async (message) => sign(null, message, other) })
  await expect(signNote('hello\n', signer)).rejects.toMatchObject({ code: 'InvalidChainKey' })
})

test('a public key of another kind, and a name with a space, are refused', () => {
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' })
  const never = () => Promise.reject(new Error('never'))
  for (const bytes of [elliptic, new Uint8Array(31), Buffer.concat([Buffer.alloc(12), der.subarray(-32)])]) {
    expect(() => callbackSigner({ name, publicKey: bytes, sign: never })).toThrow('Ed25519')
  }
  expect(() => callbackSigner({ name: 'a b', publicKey: der, sign: never })).toThrow('name')
})
