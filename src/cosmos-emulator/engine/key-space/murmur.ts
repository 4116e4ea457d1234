const MASK = (1n << 64n) - 1n
const C1 = 0x87c37b91114253d5n
const C2 = 0x4cf5ad432745937fn

/**
 * MurmurHash3 in its form x64 of 128 bits with seed 0 (Austin Appleby, public domain).
 *
 * @returns the two halves, as unsigned numbers of 64 bits
 */
export function murmur128(bytes: Uint8Array): readonly [bigint, bigint] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blocks = bytes.length - (bytes.length % 16)
  let h1 = 0n
  let h2 = 0n
  for (let i = 0; i < blocks; i += 16) {
    h1 ^= mixFirst(view.getBigUint64(i, true))
    h1 = (((rotateLeft(h1, 27n) + h2) & MASK) * 5n + 0x52dce729n) & MASK
    h2 ^= mixSecond(view.getBigUint64(i + 8, true))
    h2 = (((rotateLeft(h2, 31n) + h1) & MASK) * 5n + 0x38495ab5n) & MASK
  }
  h1 ^= mixFirst(littleEndian(bytes.subarray(blocks, blocks + 8)))
  h2 ^= mixSecond(littleEndian(bytes.subarray(blocks + 8)))
  const length = BigInt(bytes.length)
  h1 = ((h1 ^ length) + (h2 ^ length)) & MASK
  h2 = ((h2 ^ length) + h1) & MASK
  const first = finish(h1)
  const second = finish(h2)
  const sum = (first + second) & MASK
  return [sum, (second + sum) & MASK]
}

function mixFirst(block: bigint): bigint {
  return (rotateLeft((block * C1) & MASK, 31n) * C2) & MASK
}

function mixSecond(block: bigint): bigint {
  return (rotateLeft((block * C2) & MASK, 33n) * C1) & MASK
}

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function finish(half: bigint): bigint {
  let mixed = half ^ (half >> 33n)
  mixed = (mixed * 0xff51afd7ed558ccdn) & MASK
  mixed ^= mixed >> 33n
  mixed = (mixed * 0xc4ceb9fe1a85ec53n) & MASK
  return mixed ^ (mixed >> 33n)
}
