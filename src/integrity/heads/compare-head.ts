import type { LedgerTree } from '../ledger/tree/tree.ts'
import { verifyConsistency } from '../merkle/consistency.ts'
import type { TreeHead } from './head.ts'

/**
 * What a head that was kept outside the database says about a ledger: it is part of it (`contained`), the ledger is
 * smaller than it was (`rollback`), or the ledger has another history (`fork`).
 */
export type HeadComparison = 'contained' | 'rollback' | 'fork'

/**
 * Compares a head that was kept outside with a ledger's tree. It believes nothing that the tree says but what follows
 * from the head: that the tree extends it is shown by a consistency proof.
 */
export async function compareWithTree(
  kept: Pick<TreeHead, 'size' | 'root'>,
  tree: Pick<LedgerTree, 'size' | 'root' | 'consistency'>,
): Promise<HeadComparison> {
  if (kept.size > tree.size) return 'rollback'
  const path = await tree.consistency(kept.size, tree.size)
  return verifyConsistency(kept.size, tree.size, path, kept.root, tree.root()) ? 'contained' : 'fork'
}
