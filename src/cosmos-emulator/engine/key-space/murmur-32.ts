const C1 = 0xcc9e2d51
const C2 = 0x1b873593

/**
 * MurmurHash3 in its form x86 of 32 bits with seed 0 (Austin Appleby, public domain).
 *
 * @returns an unsigned number
 */
export function murmur32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const blocks = bytes.length - (bytes.length % 4)
  let hash = 0
  for (let i = 0; i < blocks; i += 4) {
    hash = rotateLeft(hash ^ mix(view.getUint32(i, true)), 13)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  hash ^= mix(bytes.subarray(blocks).reduceRight((number, byte) => (number << 8) | byte, 0))
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function mix(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, C1), 15), C2)
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
