import { foldEdge } from '../../merkle/compact-range.ts'
import { consistencyPath } from '../../merkle/consistency.ts'
import { EMPTY_ROOT, type Hash } from '../../merkle/hash.ts'
import { inclusionPath } from '../../merkle/inclusion.ts'
import { type Subtree, subtreesOf } from '../../merkle/subtrees.ts'
import type { Ledger, LedgerState } from '../ledger.ts'
import { readState } from '../state/follow-ledger.ts'
import { openTiles } from './open-tiles.ts'
import type { LedgerTree } from './tree.ts'

/** Opens the tree of a ledger as it is now. It reads the state, and the blocks after it. */
export const openTree = async (ledger: Pick<Ledger, 'blocks' | 'state' | 'tiles'>): Promise<LedgerTree> =>
  treeOf(ledger, (await readState(ledger)).state)

/**
 * The tree of a ledger as it was in a state. For each proof it reads a few tiles; what is missing of these is computed
 * from the blocks.
 */
export function treeOf(ledger: Pick<Ledger, 'blocks' | 'tiles'>, state: LedgerState): LedgerTree {
  const tiles = openTiles(ledger, state)
  const { size } = state

  async function hashesOf(groups: readonly (readonly Subtree[])[]): Promise<readonly Hash[]> {
    const hashes = await tiles.hashes(groups.flat())
    let at = 0
    return groups.map((group) => {
      at += group.length
      return foldEdge(hashes.slice(at - group.length, at))
    })
  }
  const root = foldEdge(tiles.edge)
  return {
    size,
    root: () => root,
    async rootAt(earlier) {
      assertWithin(earlier, size)
      const [hash = EMPTY_ROOT] = await hashesOf([subtreesOf(0, earlier)])
      return hash
    },
    async inclusion(index, of = size) {
      assertWithin(of, size)
      assertWithin(index + 1, of)
      return hashesOf(inclusionPath(index, of))
    },
    async consistency(first, second = size) {
      assertWithin(second, size)
      assertWithin(first, second)
      return first === 0 ? [] : hashesOf(consistencyPath(first, second))
    },
  }
}

function assertWithin(count: number, size: number): void {
  if (Number.isSafeInteger(count) && count >= 0 && count <= size) return
  throw new RangeError(`The tree has ${size} blocks, not ${count}`)
}
