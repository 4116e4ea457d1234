import { type KeyObject, randomBytes } from 'node:crypto'
import { decrypt, encrypt, NONCE_BYTES } from '../../sealing/gcm.ts'

// With a random nonce. SP 800-38D allows 2^32 keys to be wrapped like that under one key.

/** Encrypts a key under another one, bound to a text; nonce, ciphertext and tag. */
export const wrapKey = (under: KeyObject, key: Uint8Array, bound: string): Buffer =>
  encrypt(under, randomBytes(NONCE_BYTES), Buffer.from(bound), key)

/** Decrypts a key; undefined if it was not wrapped under this one, bound to this text. */
export const unwrapKey = (under: KeyObject, wrapped: Uint8Array, bound: string): Buffer | undefined =>
  decrypt(under, Buffer.from(bound), wrapped)
