import { builtin } from '../../../core/builtin-modules.ts'

/** Hashes texts to 64 bits with a random key. The result is in `high` and `low` until the next call. */
export type KeyedHash = {
  /** 32 bits, not negative. */
  high: number
  low: number
  of(text: string): void
}

/**
 * A hash whose key is drawn for each verification, so that stream ids cannot be chosen to collide. The mixing is that
 * of cyrb53 by bryc (public domain).
 */
export function createKeyedHash(key: Uint32Array = randomKey()): KeyedHash {
  const [first = 0, second = 0] = key
  let last: string | undefined
  const hash: KeyedHash = {
    high: 0,
    low: 0,
    of(text) {
      // Events of one stream are often neighbours.
      if (text === last) return
      last = text
      let a = first
      let b = second
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        a = Math.imul(a ^ unit, 2654435761)
        b = Math.imul(b ^ unit, 1597334677)
        b ^= a >>> 15
      }
      a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
      b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
      hash.high = b >>> 0
      hash.low = a >>> 0
    },
  }
  return hash
}

function randomKey(): Uint32Array {
  const key = new Uint32Array(2)
  builtin.crypto().getRandomValues(key)
  return key
}
