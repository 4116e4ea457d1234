import { builtin } from '../../../core/builtin-modules.ts'
import { HASH_SIZE } from '../../merkle/hash.ts'
import { NONCE_SIZE, zeroBits } from '../work.ts'

/** What a thread searches. */
export type SearchTask = {
  /** See `workInput`. */
  readonly input: Uint8Array
  readonly bits: number
  /** The first nonce, and how many. */
  readonly from: bigint
  readonly count: number
  /** Shared with who started it: what is asked of the search, and how far it is; see `STOP` and `DONE`. */
  readonly shared: Int32Array
}

/** The place of a number in `shared`: 1 asks the search to stop. */
export const STOP = 0

/** The place of a number in `shared`: how many nonces were tried. */
export const DONE = 1

// The last byte of what is hashed. It alone changes, in 255 of 256 steps.
const LAST = HASH_SIZE + NONCE_SIZE - 1

// Nonces between two looks at `shared`: a few milliseconds.
const STRIDE = 4096

/** Searches for a nonce; returns it, or undefined if there is none among them, or if it was asked to stop. */
export function search({ input, bits, from, count, shared }: SearchTask): bigint | undefined {
  const crypto = builtin.crypto()
  const data = Buffer.alloc(HASH_SIZE + NONCE_SIZE)
  data.set(input)
  data.writeBigUInt64BE(from, HASH_SIZE)
  let low = data.readUInt32BE(LAST - 3)
  // Of nearly all hashes, the first byte says that they are not it.
  const firstBelow = 1 << Math.max(0, 8 - bits)
  for (let done = 0; done < count; ) {
    for (const end = Math.min(count, done + STRIDE); done < end; done++) {
      const hash = crypto.hash('sha256', data, 'binary')
      if (hash.charCodeAt(0) < firstBelow && zeroBits(Buffer.from(hash, 'binary')) >= bits) {
        Atomics.store(shared, DONE, done + 1)
        return data.readBigUInt64BE(HASH_SIZE)
      }
      low = (low + 1) >>> 0
      data[LAST] = low
      if ((low & 0xff) !== 0) continue
      data.writeUInt32BE(low, LAST - 3)
      if (low === 0) data.writeUInt32BE((data.readUInt32BE(HASH_SIZE) + 1) >>> 0, HASH_SIZE)
    }
    Atomics.store(shared, DONE, done)
    if (Atomics.load(shared, STOP) === 1) return undefined
  }
  return undefined
}
