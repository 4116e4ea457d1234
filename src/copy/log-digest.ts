import { hash } from 'node:crypto'
import { canonicalEvent } from '../core/events/canonical-event.ts'
import type { EventDocument } from '../core/port/event-document.ts'

/** The number of events, and the sum of their hashes modulo 2^256, which does not depend on their order. */
export type Digest = { readonly events: number; readonly hash: bigint }

const MODULUS = 1n << 256n

export const NOTHING: Digest = { events: 0, hash: 0n }

/** The SHA-256 of an event document in the form that is the same in all storages. @throws NotJson */
export const hashOfEvent = (document: EventDocument): bigint => BigInt(`0x${hash('sha256', canonicalEvent(document))}`)

/** A sum with one more event. */
export const plus = ({ events, hash }: Digest, more: bigint): Digest => ({
  events: events + 1,
  hash: (hash + more) % MODULUS,
})

/** Whether two sums are those of the same events. */
export const sameSum = (a: Digest, b: Digest): boolean => a.events === b.events && a.hash === b.hash

/** The hash of a sum as 64 hexadecimal digits. */
export const hexOf = ({ hash }: Digest): string => hash.toString(16).padStart(64, '0')

/** The number of buckets for streams, so that differing streams are found without keeping a sum for each. */
export const BUCKETS = 4096

/** The bucket of a stream: FNV-1a, which is fast, and only affects how streams are distributed. */
export function bucketOf(streamId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < streamId.length; i++) hash = Math.imul(hash ^ streamId.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS
}
