import { createHmac } from 'node:crypto'
import type { SealingKeys } from './derived-keys.ts'
import { decrypt, encrypt, NONCE_BYTES } from './gcm.ts'

// The construction that docs/adr/0041-personal-data-is-sealed-deterministically.md describes.

/**
 * Encrypts deterministically: the same text under the same key and associated data gives the same bytes.
 *
 * @returns nonce, ciphertext and tag
 */
export function seal({ encryption, nonce: nonceKey }: SealingKeys, bound: Buffer, text: string | Uint8Array): Buffer {
  const plain = typeof text === 'string' ? Buffer.from(text) : text
  const size = Buffer.allocUnsafe(8)
  size.writeBigUInt64BE(BigInt(bound.length))
  const digest = createHmac('sha256', nonceKey).update(size).update(bound).update(plain).digest()
  return encrypt(encryption, digest.subarray(0, NONCE_BYTES), bound, plain)
}

/**
 * Decrypts.
 *
 * @returns undefined if the bytes, or what they are bound to, are not what was sealed under this key
 */
export const open = ({ encryption }: SealingKeys, bound: Buffer, sealed: Uint8Array): Buffer | undefined =>
  decrypt(encryption, bound, sealed)
