import { createHash } from 'node:crypto'

/**
 * The hash of a stream id: 128 bits in upper-case hexadecimal with the top two bits clear, so that it is below `'FF'`,
 * as the effective partition keys of Cosmos DB are.
 */
export function hashOf(streamId: string): string {
  const bytes = createHash('sha256').update(streamId).digest().subarray(0, 16)
  bytes[0] = (bytes[0] as number) & 0x3f
  return bytes.toString('hex').toUpperCase()
}
