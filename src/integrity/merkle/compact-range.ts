import { EMPTY_ROOT, type Hash, nodeHash } from './hash.ts'
import { packedRoot } from './packed-root.ts'
import type { Subtree } from './subtrees.ts'

/** The right edge of a growing tree: enough to append leaves, and to know the root. */
export type CompactRange = {
  readonly size: number
  /** The roots of the largest complete subtrees, from left to right. */
  readonly edge: readonly Hash[]
  /** Appends a leaf. @param completed called with each subtree that it completes, the leaf first */
  append(leaf: Hash, completed?: (subtree: Subtree, hash: Hash) => void): void
  /** The root of the tree (RFC 6962, section 2.1). */
  root(): Hash
}

/** @param size the number of leaves so far @param edge the roots of its largest complete subtrees */
export function compactRange(size = 0, edge: readonly Hash[] = []): CompactRange {
  const hashes = [...edge]
  let count = size
  return {
    get size() {
      return count
    },
    get edge() {
      return hashes
    },
    append(leaf, completed) {
      let hash = leaf
      completed?.({ level: 0, index: count }, hash)
      let level = 0
      for (let rest = count; rest % 2 === 1; rest = (rest - 1) / 2) {
        hash = nodeHash(hashes.pop() as Hash, hash)
        level++
        completed?.({ level, index: (rest - 1) / 2 }, hash)
      }
      hashes.push(hash)
      count++
    },
    root: () => foldEdge(hashes),
  }
}

/** The root of adjacent complete subtrees that become smaller from left to right. */
export function foldEdge(edge: readonly Hash[]): Hash {
  let root = edge.at(-1)
  if (root === undefined) return EMPTY_ROOT
  for (let i = edge.length - 2; i >= 0; i--) root = nodeHash(edge[i] as Hash, root)
  return root
}

/** The root of a list of leaves (RFC 6962, section 2.1). */
export const rootOf = (leaves: readonly Hash[]): Hash => packedRoot(Buffer.concat(leaves))
