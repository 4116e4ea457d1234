import type { KeyObject } from 'node:crypto'
import { builtin } from '../../core/builtin-modules.ts'
import { InvalidChainKey } from '../../core/errors/integrity.ts'

/** A key for seals of documents. */
export type SealKey = KeyObject

const LEAST_BYTES = 32

/**
 * The key for seals in bytes, or in a base64 or base64url text.
 *
 * @throws InvalidChainKey for fewer than 32 bytes
 */
export function sealKey(secret: Uint8Array | string): SealKey {
  const bytes = typeof secret === 'string' ? bytesOf(secret.trim()) : secret
  if (!(bytes instanceof Uint8Array) || bytes.length < LEAST_BYTES) {
    throw new InvalidChainKey(`A key for seals must have at least ${LEAST_BYTES} bytes, as base64 if it is a text`)
  }
  return builtin.crypto().createSecretKey(bytes)
}

function bytesOf(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
