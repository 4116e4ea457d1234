import { builtin } from '../builtin-modules.ts'

// Random bytes are drawn, and written in hex, for many ids at once, because separate calls would cost more than
// everything else.
const BYTES_PER_ID = 10
const pool = Buffer.alloc(BYTES_PER_ID * 256)
let hex = ''
let used = pool.length
let lastMillisecond = -1
let timePart = ''
let sequence = 0

/**
 * A UUID of version 7 (RFC 9562): ordered by time, and within one process also by call (its method 1: a counter of 12
 * bits that restarts in its lower half with each millisecond).
 *
 * @param now milliseconds since 1970
 */
export function uuidV7(now: number = Date.now()): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    hex = pool.toString('hex')
    used = 0
  }
  const start = used
  used += BYTES_PER_ID
  if (now > lastMillisecond) {
    setTime(now)
    sequence = pool.readUInt16BE(start) & 0x7ff
  } else if (++sequence > 0xfff) {
    // The counter is exhausted, or the clock was set back: time is borrowed from the next millisecond to keep the
    // order.
    setTime(lastMillisecond + 1)
    sequence = 0
  }
  const version = (0x7000 | sequence).toString(16)
  const variant = '89ab'[(pool[start + 2] as number) >> 6]
  const random = start * 2 + 5
  return `${timePart}-${version}-${variant}${hex.slice(random, random + 3)}-${hex.slice(random + 3, random + 15)}`
}

function setTime(milliseconds: number): void {
  lastMillisecond = milliseconds
  const text = milliseconds.toString(16).padStart(12, '0')
  timePart = `${text.slice(0, 8)}-${text.slice(8)}`
}

/** A UUID of version 8 (RFC 9562) derived from the SHA-256 of its parts: the same parts always give the same id. */
export function uuidOf(...parts: readonly string[]): string {
  const bytes = builtin.crypto().createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
