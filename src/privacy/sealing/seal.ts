import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { SealingKeys } from './derived-keys.ts'

// The construction that docs/adr/0041-personal-data-is-sealed-deterministically.md describes.

const NONCE_BYTES = 12
const TAG_BYTES = 16
const ALGORITHM = 'aes-256-gcm'

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
  const nonce = digest.subarray(0, NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, encryption, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(bound)
  // A cipher of this mode has nothing left for `final`, but it computes the tag.
  const sealed = cipher.update(plain)
  cipher.final()
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()])
}

/**
 * Decrypts.
 *
 * @returns undefined if the bytes, or what they are bound to, are not what was sealed under this key
 */
export function open({ encryption }: SealingKeys, bound: Buffer, sealed: Uint8Array): Buffer | undefined {
  const end = sealed.length - TAG_BYTES
  if (end < NONCE_BYTES) return undefined
  const decipher = createDecipheriv(ALGORITHM, encryption, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(end))
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    return undefined
  }
  return plain
}
