import { type Hash, nodeHash, sameHash } from './hash.ts'
import { type Subtree, splitOf, subtreesOf } from './subtrees.ts'

/**
 * What an inclusion proof consists of (RFC 6962, section 2.1.1): for each of its hashes, from the leaf to the root, the
 * complete subtrees whose roots are folded into it.
 *
 * @param index the leaf's, from 0 @param size the number of leaves of the tree
 */
export function inclusionPath(index: number, size: number): readonly (readonly Subtree[])[] {
  const path: (readonly Subtree[])[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      path.push(subtreesOf(middle, to))
      to = middle
    } else {
      path.push(subtreesOf(from, middle))
      from = middle
    }
  }
  return path.reverse()
}

/** Whether a proof shows that a leaf is at an index of the tree with this root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(leaf: Hash, index: number, size: number, path: readonly Hash[], root: Hash): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  let [fn, sn] = [index, size - 1]
  let hash = leaf
  for (const sibling of path) {
    if (sn === 0) return false
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(sibling, hash)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)]
  }
  return sn === 0 && sameHash(hash, root)
}
