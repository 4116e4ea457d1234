const MASK = (1n << 64n) - 1n
const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn

const STRING = 0x08
const END = 0xff

/**
 * The effective partition key of a partition key that is one string, as containers with version 2 of the hash compute
 * it: murmur3 (x64, 128 bits, seed 0) over a type mark, the text in UTF-8 and an end mark; the two halves swapped, the
 * top two bits clear. It is compared as a string with the bounds of partition-key ranges.
 *
 * The type marks and the order of the bytes are those of the SDK for JavaScript (`utils/hashing/v2`).
 *
 * @returns 32 digits of upper-case hexadecimal
 */
export function hashOf(partitionKey: string): string {
  const text = Buffer.from(partitionKey, 'utf8')
  const bytes = Buffer.allocUnsafe(text.length + 2)
  bytes[0] = STRING
  text.copy(bytes, 1)
  bytes[bytes.length - 1] = END
  const [low, high] = murmur3(bytes)
  const clear = high & (MASK >> 2n)
  return (hexOf(clear) + hexOf(low)).toUpperCase()
}

const hexOf = (half: bigint): string => half.toString(16).padStart(16, '0')

/** MurmurHash3_x64_128 by Austin Appleby, with seed 0. */
function murmur3(bytes: Buffer): readonly [bigint, bigint] {
  let [h1, h2] = [0n, 0n]
  const tail = bytes.length - (bytes.length % 16)
  for (let at = 0; at < tail; at += 16) {
    h1 = times(rotate(h1 ^ mix1(bytes.readBigUInt64LE(at)), 27n) + h2, 5n) + 0x52dce729n
    h2 = times(rotate(h2 ^ mix2(bytes.readBigUInt64LE(at + 8)), 31n) + (h1 & MASK), 5n) + 0x38495ab5n
    ;[h1, h2] = [h1 & MASK, h2 & MASK]
  }
  const rest = Buffer.alloc(16)
  bytes.copy(rest, 0, tail)
  const length = BigInt(bytes.length)
  h1 = h1 ^ mix1(rest.readBigUInt64LE(0)) ^ length
  h2 = h2 ^ mix2(rest.readBigUInt64LE(8)) ^ length
  h1 = (h1 + h2) & MASK
  h2 = (h2 + h1) & MASK
  ;[h1, h2] = [finish(h1), finish(h2)]
  h1 = (h1 + h2) & MASK
  return [h1, (h2 + h1) & MASK]
}

const times = (a: bigint, b: bigint): bigint => ((a & MASK) * b) & MASK
const rotate = (a: bigint, by: bigint): bigint => ((a << by) & MASK) | (a >> (64n - by))
const mix1 = (k: bigint): bigint => times(rotate(times(k, C1), 31n), C2)
const mix2 = (k: bigint): bigint => times(rotate(times(k, C2), 33n), C1)

function finish(h: bigint): bigint {
  const once = times(h ^ (h >> 33n), 0xff51afd7ed558ccdn)
  const twice = times(once ^ (once >> 33n), 0xc4ceb9fe1a85ec53n)
  return twice ^ (twice >> 33n)
}
