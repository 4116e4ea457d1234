import { fullInterval, type HashInterval } from './hash-interval.ts'

/** The hash of a stream's id, and its slot, which is the index of its feed range. */
export type Place = { readonly hash: string; readonly slot: number }

const SPACE = 2 ** 31

/**
 * Computes the slot of a stream. The hash is cyrb53 by bryc (public domain), with all of its 64 bits except the first,
 * so that it is below `'FF'`. It must never change, because tidemarks, and events on MongoDB, are stored with it.
 */
export function placeOf(streamId: string, ranges: number): Place {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < streamId.length; i++) {
    const unit = streamId.charCodeAt(i)
    a = Math.imul(a ^ unit, 2654435761)
    b = Math.imul(b ^ unit, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  const high = b >>> 1
  return { hash: hex(high) + hex(a >>> 0), slot: Math.floor((high * ranges) / SPACE) }
}

/** The hash alone. */
export const hashOf = (streamId: string): string => placeOf(streamId, 1).hash

/** The feed ranges of a storage with this many slots, by slot. */
export function feedRanges(count: number): readonly HashInterval[] {
  const bounds = Array.from({ length: count - 1 }, (_, i) => hex(Math.ceil(((i + 1) * SPACE) / count)))
  const edges = [fullInterval.min, ...bounds, fullInterval.max]
  return Array.from({ length: count }, (_, i) => ({ min: edges[i] as string, max: edges[i + 1] as string }))
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'))

// From a table, because every append needs two of them.
const hex = (n: number): string =>
  `${BYTES[n >>> 24]}${BYTES[(n >>> 16) & 255]}${BYTES[(n >>> 8) & 255]}${BYTES[n & 255]}`
