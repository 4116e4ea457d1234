import { fullInterval, type HashInterval } from '../../core/hash-interval.ts'

/** Where a stream lies: the hash of its id, and the slot, which is the index of its feed range. */
export type Place = { readonly hash: string; readonly slot: number }

const SPACE = 2 ** 31

/**
 * The place of a stream. The hash is cyrb53 by bryc (public domain), all its 64 bits but the first, so that it lies
 * below `'FF'`. It is stored with every event and every tidemark: it cannot change any more.
 */
export function placeOf(streamId: string, slots: number): Place {
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
  return { hash: hex(high) + hex(a >>> 0), slot: Math.floor((high * slots) / SPACE) }
}

/** The feed ranges of a storage with this many slots, by slot. */
export function feedRanges(slots: number): readonly HashInterval[] {
  const bounds = Array.from({ length: slots - 1 }, (_, i) => hex(Math.ceil(((i + 1) * SPACE) / slots)))
  const edges = [fullInterval.min, ...bounds, fullInterval.max]
  return Array.from({ length: slots }, (_, i) => ({ min: edges[i] as string, max: edges[i + 1] as string }))
}

const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0')
