import { createHash, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { MasterContext } from '../../privacy/vault/master/master-key.ts'

// Format, length, the key, zeros up to a multiple of 8 bytes (AES key wrap demands it), and the hash of the context.
// The longest is 104 bytes; RSA-OAEP-256 with the smallest key, of 2048 bits, encrypts at most 190.

const FORMAT = 1
const HEADER_BYTES = 2
const HASH_BYTES = 32
const BLOCK_BYTES = 8

/** The most bytes that a master key has to wrap. */
export const LONGEST_KEY = 64

/** A key together with what it is bound to, for a service that cannot authenticate a context itself. */
export function bindKey(key: Uint8Array, context: MasterContext): Uint8Array<ArrayBuffer> {
  if (key.length > LONGEST_KEY) throw new RangeError(`A master key wraps at most ${LONGEST_KEY} bytes`)
  const bound = Buffer.alloc(sizeOf(key.length))
  bound.set([FORMAT, key.length])
  bound.set(key, HEADER_BYTES)
  bound.set(hashOf(context), bound.length - HASH_BYTES)
  return bound
}

/** The key; undefined if the bytes are not those of a key that was bound to this context. */
export function unbindKey(bound: Uint8Array, context: MasterContext): Uint8Array | undefined {
  const [format, length] = bound
  if (format !== FORMAT || length === undefined || length > LONGEST_KEY || bound.length !== sizeOf(length)) {
    return undefined
  }
  if (!timingSafeEqual(bound.subarray(-HASH_BYTES), hashOf(context))) return undefined
  return bound.subarray(HEADER_BYTES, HEADER_BYTES + length)
}

const sizeOf = (length: number): number => Math.ceil((HEADER_BYTES + length) / BLOCK_BYTES) * BLOCK_BYTES + HASH_BYTES

const hashOf = (context: MasterContext): Buffer => createHash('sha256').update(canonicalJson(context)).digest()
