import { rootOf } from '../../merkle/compact-range.ts'
import { type Hash, hashesText, parseHashes } from '../../merkle/hash.ts'
import { type Block, eventsIn } from '../blocks/block.ts'
import { advanceEnds } from '../blocks/chain-ends.ts'
import { headerLeaf } from '../blocks/header-leaf.ts'
import { type LedgerState, TILE_LEVELS, TILE_WIDTH, type TileReference } from '../ledger.ts'

/** A full tile. */
export type Tile = TileReference & { readonly hashes: readonly Hash[] }

/** The state of a chain without blocks. */
export const EMPTY_STATE: LedgerState = { size: 0, events: 0, ends: [], tiles: Array(TILE_LEVELS).fill('') }

/** The state after the next block, and the tiles that the block filled. */
export function advanceState(
  state: LedgerState,
  block: Block,
): { readonly state: LedgerState; readonly filled: readonly Tile[] } {
  const tiles = [...state.tiles]
  const filled: Tile[] = []
  let hash = headerLeaf(block.header)
  for (let level = 0; level < TILE_LEVELS; level++) {
    const hashes = [...hashesIn(tiles[level]), hash]
    if (hashes.length < TILE_WIDTH) {
      tiles[level] = hashesText(hashes)
      break
    }
    tiles[level] = ''
    filled.push({ level, index: Math.floor(state.size / TILE_WIDTH ** (level + 1)), hashes })
    hash = rootOf(hashes)
  }
  const size = state.size + 1
  const events = state.events + eventsIn(block.header.parts)
  return { state: { size, events, ends: advanceEnds(state.ends, block), tiles }, filled }
}

/** The hashes of one of a state's tiles. */
export const hashesIn = (tile: string | undefined): readonly Hash[] => parseHashes(tile ?? '') ?? []
