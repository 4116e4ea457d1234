import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const TAG_BYTES = 16

/** Size of a nonce, in bytes. */
export const NONCE_BYTES = 12

/**
 * Encrypts by AES-256-GCM.
 *
 * @param nonce 12 bytes that are used only once under the key
 * @param bound authenticated with the text
 * @returns nonce, ciphertext and tag
 */
export function encrypt(key: KeyObject, nonce: Uint8Array, bound: Uint8Array, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(bound)
  // A cipher of this mode has nothing left for `final`, but it computes the tag.
  const encrypted = cipher.update(plain)
  cipher.final()
  return Buffer.concat([nonce, encrypted, cipher.getAuthTag()])
}

/**
 * Decrypts what `encrypt` returned.
 *
 * @returns undefined if the bytes, or what they are bound to, are not what was encrypted under this key
 */
export function decrypt(key: KeyObject, bound: Uint8Array, encrypted: Uint8Array): Buffer | undefined {
  const end = encrypted.length - TAG_BYTES
  if (end < NONCE_BYTES) return undefined
  const nonce = encrypted.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(bound)
  decipher.setAuthTag(encrypted.subarray(end))
  const plain = decipher.update(encrypted.subarray(NONCE_BYTES, end))
  try {
    decipher.final()
  } catch {
    plain.fill(0)
    return undefined
  }
  return plain
}
