import { sha256 } from '../../merkle/hash.ts'

/**
 * Whether a document is among those that are computed again. Who changes one before it is sealed cannot know, because it
 * depends on the root.
 *
 * @param share 0 to 1
 */
export function isSampled(root: string, key: string, share: number): boolean {
  if (share >= 1) return true
  return Buffer.from(sha256(`${root}\n${key}`)).readUInt32BE(0) < share * 2 ** 32
}
