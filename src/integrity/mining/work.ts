import { HASH_SIZE, type Hash, sha256 } from '../merkle/hash.ts'

// Work record k covers a head of the ledger: H(H("tidemark/work/v1" ‖ w(k-1) ‖ note) ‖ nonce) begins with as many zero
// bits as it claims. Because each contains the work before it, a record cannot be replaced without all later ones.

const DOMAIN = Buffer.from('tidemark/work/v1')

/** The size of a nonce in bytes. It follows the hash that is searched for, most significant byte first. */
export const NONCE_SIZE = 8

/** The work before the first record. */
export const NO_WORK: Hash = new Uint8Array(HASH_SIZE)

/**
 * What is hashed with a nonce: SHA-256 of a prefix, the work of the record before, and the text of the head.
 *
 * @param previous `NO_WORK` for the first record
 * @param note the text of the head, see `formatHead`
 */
export const workInput = (previous: Hash, note: string): Hash =>
  sha256(Buffer.concat([DOMAIN, previous, Buffer.from(note)]))

/** The work of a nonce. @param nonce from 0, less than 2^64 */
export function workOf(input: Hash, nonce: bigint): Hash {
  const data = Buffer.alloc(HASH_SIZE + NONCE_SIZE)
  data.set(input)
  data.writeBigUInt64BE(nonce, HASH_SIZE)
  return sha256(data)
}

/** With how many zero bits a hash begins. */
export function zeroBits(hash: Uint8Array): number {
  let bits = 0
  for (const byte of hash) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24
    bits += 8
  }
  return bits
}

/** A nonce as 16 hexadecimal digits. */
export const nonceText = (nonce: bigint): string => nonce.toString(16).padStart(2 * NONCE_SIZE, '0')

/** The nonce of 16 hexadecimal digits, or undefined if the text is not that. */
export const parseNonce = (text: unknown): bigint | undefined =>
  typeof text === 'string' && /^[0-9a-f]{16}$/.test(text) ? BigInt(`0x${text}`) : undefined
