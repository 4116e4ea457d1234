import type { KeyObject } from 'node:crypto'
import { builtin } from '../../core/builtin-modules.ts'

/** The size of a public key, and of the seed of a private one, in bytes (RFC 8032). */
export const KEY_SIZE = 32

/** The size of a signature in bytes (RFC 8032). */
export const SIGNATURE_SIZE = 64

const crypto = builtin.crypto()

// What comes before the 32 bytes of a key in DER (RFC 8410, sections 4 and 7).
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The bytes of a public key, which are raw or DER (SPKI), or undefined if they are neither. */
export function rawPublicKey(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length === KEY_SIZE) return bytes
  const { length } = PUBLIC_PREFIX
  if (bytes.length !== length + KEY_SIZE || !PUBLIC_PREFIX.equals(bytes.subarray(0, length))) return undefined
  return bytes.subarray(length)
}

/** @param bytes the 32 bytes of a public key */
export const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  crypto.createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' })

/** @param seed the 32 bytes of a private key */
export const privateKeyOf = (seed: Uint8Array): KeyObject =>
  crypto.createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, seed]), format: 'der', type: 'pkcs8' })

/** The 32 bytes of the public key that belongs to a private one. */
export const publicBytesOf = (key: KeyObject): Uint8Array =>
  crypto.createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.length)

/** Signs a message. @returns 64 bytes; the same for the same message */
export const signEd25519 = (key: KeyObject, message: Uint8Array): Uint8Array => crypto.sign(null, message, key)

/** Whether a signature is the one of a message. */
export const verifyEd25519 = (key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === SIGNATURE_SIZE && crypto.verify(null, message, key, signature)
