import type { Hash } from '../../merkle/hash.ts'
import type { Subtree } from '../../merkle/subtrees.ts'
import { LEVELS_OF_TILE, TILE_LEVELS, TILE_WIDTH } from '../ledger.ts'
import type { Tile } from '../state/advance-state.ts'

/** The tiles of a tree as it grows. */
export type TileCollector = {
  /** Takes a complete subtree, as `CompactRange.append` reports them. */
  readonly completed: (subtree: Subtree, hash: Hash) => void
  /** The tiles that became full since the last call, in order. */
  takeFull(): readonly Tile[]
  /** For each tile level, the hashes of its last tile that is not full. */
  readonly unfilled: readonly (readonly Hash[])[]
}

/** Collects the hashes of a tree that grows from its first leaf. */
export function collectTiles(): TileCollector {
  const unfilled: Hash[][] = Array.from({ length: TILE_LEVELS }, () => [])
  const full: Tile[] = []
  return {
    unfilled,
    completed({ level, index }, hash) {
      if (level % LEVELS_OF_TILE !== 0) return
      const tileLevel = level / LEVELS_OF_TILE
      const hashes = unfilled[tileLevel]
      hashes?.push(hash)
      if (hashes?.length !== TILE_WIDTH) return
      unfilled[tileLevel] = []
      full.push({ level: tileLevel, index: Math.floor(index / TILE_WIDTH), hashes })
    },
    takeFull: () => full.splice(0),
  }
}
