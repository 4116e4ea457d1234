import type { ChainEnd } from '../../ledger/blocks/block.ts'
import { type Ledger, type LedgerState, TILE_WIDTH, tileKey } from '../../ledger/ledger.ts'
import { collectTiles } from '../../ledger/tree/collect-tiles.ts'
import { type Hash, hashesText, parseHashes, sameHash } from '../../merkle/hash.ts'
import type { Subtree } from '../../merkle/subtrees.ts'
import type { Findings } from '../findings.ts'
import { sameEnds } from './check-parts.ts'

/** Compares the stored tiles and the stored state with what follows from the blocks. */
export type TileCheck = {
  /** Takes a complete subtree of the tree. */
  readonly completed: (subtree: Subtree, hash: Hash) => void
  /** Compares what became full since the last call, and the state if it is the one after this many blocks. */
  compare(size: number, events: number, ends: readonly ChainEnd[]): Promise<void>
  /** Once all blocks were read. */
  finish(size: number): void
  /** The stored hash of a block's header, if there is one. */
  stored(block: number): Promise<Hash | undefined>
}

/** @param state the stored state, which was read before any block */
export function createTileCheck(
  ledger: Pick<Ledger, 'tiles'>,
  findings: Findings,
  state: LedgerState | undefined,
): TileCheck {
  const collected = collectTiles()

  async function compareTiles(): Promise<void> {
    const tiles = collected.takeFull()
    if (tiles.length === 0) return
    const stored = await ledger.tiles(tiles)
    for (const tile of tiles) {
      // One that is missing was not saved, because a process ended before it could.
      const hashes = stored.get(tileKey(tile))
      if (hashes !== undefined && hashesText(hashes) !== hashesText(tile.hashes)) {
        wrong(`Tile ${tile.index} of level ${tile.level} is not that of the blocks`)
      }
    }
  }

  function compareState({ events, ends, tiles }: LedgerState, ofBlocks: number, endsNow: readonly ChainEnd[]): void {
    const isSame = tiles.every((text, level) => text === hashesText(collected.unfilled[level] ?? []))
    if (!isSame) wrong('The tiles that are not full are not those of the blocks')
    if (events !== ofBlocks || !sameEnds(ends, endsNow)) wrong('What is stored of the end of the chain is not so')
  }

  const wrong = (message: string) => findings.add('tileWrong', message)

  return {
    completed: collected.completed,
    async compare(size, events, ends) {
      await compareTiles()
      if (state?.size === size) compareState(state, events, ends)
    },
    finish(size) {
      if (state !== undefined && state.size > size) wrong('What is stored of the end of the chain covers more blocks')
    },
    async stored(block) {
      const index = Math.floor(block / TILE_WIDTH)
      const isUnfilled = state !== undefined && index === Math.floor(state.size / TILE_WIDTH)
      if (isUnfilled) return parseHashes(state.tiles[0])?.[block % TILE_WIDTH]
      const tile = { level: 0, index }
      return (await ledger.tiles([tile])).get(tileKey(tile))?.[block % TILE_WIDTH]
    },
  }
}

/** Whether a stored hash is there, and the same. */
export const isStored = (stored: Hash | undefined, hash: Hash): boolean =>
  stored !== undefined && sameHash(stored, hash)
