import { builtin } from '../../core/builtin-modules.ts'
import { formatBase64, parseBase64 } from '../base64.ts'

/** A SHA-256 hash: 32 bytes. In documents and notes it is standard base64. */
export type Hash = Uint8Array

/** The size of a hash in bytes. */
export const HASH_SIZE = 32

const crypto = builtin.crypto()

/** SHA-256 of bytes, or of a text's UTF-8. */
export function sha256(data: Uint8Array | string): Hash {
  // By way of a text with one character a byte: a buffer that `hash` makes is an allocation of its own outside Node's
  // pool, which costs as much as hashing 400 bytes.
  return Buffer.from(crypto.hash('sha256', data, 'binary'), 'binary')
}

/** The hash of a tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Hash = sha256('')

/** The hash of a leaf: SHA-256(0x00 ‖ data). @param data its bytes, or a text without NUL that stands for its UTF-8 */
export function leafHash(data: Uint8Array | string): Hash {
  if (typeof data === 'string') return sha256(`\0${data}`)
  const prefixed = new Uint8Array(data.length + 1)
  prefixed.set(data, 1)
  return sha256(prefixed)
}

// One buffer for all, because hashing copies what it is given.
const pair = new Uint8Array(1 + 2 * HASH_SIZE)
pair[0] = 1

/** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_SIZE)
  return sha256(pair)
}

/**
 * Puts the hash of an inner node into a buffer, without making an object of it.
 *
 * @param from where the hashes of its left and right side are, one after the other @param to where the node's is put
 */
export function putNodeHash(hashes: Buffer, from: number, to: number): void {
  hashes.copy(pair, 1, from, from + 2 * HASH_SIZE)
  hashes.write(crypto.hash('sha256', pair, 'binary'), to, 'binary')
}

/** Whether two hashes are the same. */
export const sameHash = (a: Hash, b: Hash): boolean => Buffer.compare(a, b) === 0

/** A hash as standard base64. */
export const hashText: (hash: Hash) => string = formatBase64

/** The hash of a base64 text, or undefined if it is not exactly one. */
export function parseHash(text: unknown): Hash | undefined {
  const bytes = typeof text === 'string' && text.length === 44 ? parseBase64(text) : undefined
  return bytes?.length === HASH_SIZE ? bytes : undefined
}

/** Hashes as one base64 text of 32 bytes each. */
export const hashesText = (hashes: readonly Hash[]): string => Buffer.concat(hashes).toString('base64')

/** The hashes of a base64 text of 32 bytes each, or undefined if it is not such a text. */
export function parseHashes(text: unknown): readonly Hash[] | undefined {
  const bytes = typeof text === 'string' ? parseBase64(text) : undefined
  if (bytes === undefined || bytes.length % HASH_SIZE !== 0) return undefined
  return Array.from({ length: bytes.length / HASH_SIZE }, (_, i) => bytes.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE))
}
