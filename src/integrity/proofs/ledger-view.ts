import { LedgerDamaged } from '../../core/errors/integrity.ts'
import type { Position } from '../../core/positions/position.ts'
import type { Block, ChainEnd } from '../ledger/blocks/block.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { readState } from '../ledger/state/follow-ledger.ts'
import { treeOf } from '../ledger/tree/open-tree.ts'
import type { LedgerTree } from '../ledger/tree/tree.ts'
import { type BlockFinder, createBlockFinder } from './find-block.ts'

/** What proofs read of a ledger. */
export type LedgerView = {
  readonly tree: LedgerTree
  /** The block that has the event at a position, or undefined if there is none yet. */
  find(position: Position): Promise<Block | undefined>
}

type Opened = { readonly finder: BlockFinder; tree: LedgerTree; ends: readonly ChainEnd[] }

// Blocks are only ever added, so what was read stays right.
const opened = new WeakMap<Ledger, Opened>()

/**
 * Opens a ledger, or takes what was read of it for an earlier proof.
 *
 * @param size the number of blocks that it must have at least @throws LedgerDamaged if it has fewer
 */
export async function openLedgerView(ledger: Ledger, size: number): Promise<LedgerView> {
  let now = opened.get(ledger)
  if (now === undefined || now.tree.size < size) now = await refresh(now)
  if (now.tree.size < size) {
    throw new LedgerDamaged(`The ledger has ${now.tree.size} blocks, and its signed head ${size}: verify the chain`)
  }
  const view = now
  return {
    tree: view.tree,
    async find(position) {
      const found = await view.finder.find(position, view.ends)
      if (found !== undefined) return found
      const { finder, ends } = await refresh(view)
      return finder.find(position, ends)
    },
  }

  async function refresh(before: Opened | undefined): Promise<Opened> {
    const { state } = await readState(ledger)
    const finder = before?.finder ?? createBlockFinder(ledger)
    const next = { finder, tree: treeOf(ledger, state), ends: state.ends }
    opened.set(ledger, next)
    return next
  }
}
