import { createHash, randomFillSync } from 'node:crypto'

// Random bytes are drawn for many ids at once: one call for each would cost more than all the rest.
const pool = new Uint8Array(10 * 256)
let used = pool.length
let lastMillisecond = -1
let sequence = 0

/**
 * A UUID of version 7 (RFC 9562): ordered by time, and within one process also by call (its method 1: a counter of 12
 * bits that begins anew, below its half, with each millisecond).
 *
 * @param now milliseconds since 1970
 */
export function uuidV7(now: number = Date.now()): string {
  if (used + 10 > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + 10)
  used += 10
  if (now > lastMillisecond) {
    lastMillisecond = now
    sequence = (((random[8] as number) << 8) | (random[9] as number)) & 0x7ff
  } else if (++sequence > 0xfff) {
    // The counter is spent, or the clock went back: time is borrowed from the next millisecond, so order holds.
    lastMillisecond++
    sequence = 0
  }
  const time = lastMillisecond.toString(16).padStart(12, '0')
  const variant = ((random[0] as number) & 0x3f) | 0x80
  const tail = Buffer.from(random.buffer, random.byteOffset + 1, 7).toString('hex')
  const node = variant.toString(16).padStart(2, '0') + tail
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${node.slice(0, 4)}-${node.slice(4)}`
}

/** A UUID of version 8 (RFC 9562) made of the SHA-256 of its parts: the same parts always give the same id. */
export function uuidOf(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
