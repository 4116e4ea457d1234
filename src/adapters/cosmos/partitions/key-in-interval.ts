import { containsHash, type HashInterval } from '../../../core/positions/hash-interval.ts'
import { hashOf } from './hash.ts'

// Enough for a range that is about a ten-thousandth of the whole.
const TRIES = 100_000

/** A partition key whose hash is in an interval, or undefined for one that is too narrow to find any. */
export function keyWithin(interval: HashInterval): string | undefined {
  for (let i = 0; i < TRIES; i++) {
    const key = `probe:${i}`
    if (containsHash(interval, hashOf(key))) return key
  }
  return undefined
}
