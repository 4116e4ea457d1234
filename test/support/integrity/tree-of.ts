import type { LedgerTree } from '../../../src/integrity/ledger/tree/tree.ts'
import { foldEdge, rootOf } from '../../../src/integrity/merkle/compact-range.ts'
import { consistencyPath } from '../../../src/integrity/merkle/consistency.ts'
import type { Hash } from '../../../src/integrity/merkle/hash.ts'
import { inclusionPath } from '../../../src/integrity/merkle/inclusion.ts'
import type { Subtree } from '../../../src/integrity/merkle/subtrees.ts'

/** A tree over leaves in memory, computed anew for each answer. */
export function treeOf(leaves: readonly Hash[]): LedgerTree {
  const subtreeRoot = ({ level, index }: Subtree) => rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  const folded = (path: readonly (readonly Subtree[])[]) => path.map((subtrees) => foldEdge(subtrees.map(subtreeRoot)))
  return {
    size: leaves.length,
    root: () => rootOf(leaves),
    rootAt: async (size) => rootOf(leaves.slice(0, size)),
    inclusion: async (index, size = leaves.length) => folded(inclusionPath(index, size)),
    consistency: async (first, second = leaves.length) => (first === 0 ? [] : folded(consistencyPath(first, second))),
  }
}
