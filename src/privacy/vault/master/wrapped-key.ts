import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

// AES-256-GCM with a random nonce of 96 bits. SP 800-38D allows 2^32 keys to be wrapped like that under one key.

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts a key under another one, bound to a text; nonce, ciphertext and tag. */
export function wrapKey(under: KeyObject, key: Uint8Array, bound: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, under, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(bound))
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()])
}

/** Decrypts a key; undefined if it was not wrapped under this one, bound to this text. */
export function unwrapKey(under: KeyObject, wrapped: Uint8Array, bound: string): Buffer | undefined {
  const end = wrapped.length - TAG_BYTES
  if (end < NONCE_BYTES) return undefined
  const nonce = wrapped.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, under, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(bound))
  decipher.setAuthTag(wrapped.subarray(end))
  const key = decipher.update(wrapped.subarray(NONCE_BYTES, end))
  try {
    decipher.final()
    return key
  } catch {
    return undefined
  }
}
