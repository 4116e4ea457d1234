import { LedgerDamaged } from '../../../core/errors/integrity.ts'
import { rootOf } from '../../merkle/compact-range.ts'
import type { Hash } from '../../merkle/hash.ts'
import { type Subtree, subtreesOf } from '../../merkle/subtrees.ts'
import { headerLeaf } from '../blocks/header-leaf.ts'
import { LEVELS_OF_TILE, type Ledger, type LedgerState, TILE_WIDTH, type TileReference, tileKey } from '../ledger.ts'
import { hashesIn } from '../state/advance-state.ts'

/** The hashes of complete subtrees of a ledger's tree. */
export type Tiles = {
  /** The roots of the tree's largest complete subtrees, from left to right. */
  readonly edge: readonly Hash[]
  /** The roots of some subtrees, in their order. It reads each tile once, and all of them together. */
  hashes(of: readonly Subtree[]): Promise<readonly Hash[]>
}

/** @param state that of the tree: tiles that are not full are taken from there */
export function openTiles(ledger: Pick<Ledger, 'blocks' | 'tiles'>, state: LedgerState): Tiles {
  const unfilled = state.tiles.map(hashesIn)

  async function read(wanted: ReadonlyMap<string, TileReference>): Promise<Map<string, readonly Hash[]>> {
    const found = await ledger.tiles([...wanted.values()])
    for (const [key, tile] of wanted) if (!found.has(key)) found.set(key, await computed(tile))
    return found
  }

  /** What a tile that is missing must hold. */
  async function computed({ level, index }: TileReference): Promise<readonly Hash[]> {
    const first = index * TILE_WIDTH
    if (level === 0) {
      const blocks = await ledger.blocks(first, TILE_WIDTH)
      if (blocks.length < TILE_WIDTH) throw missing(first + blocks.length)
      return blocks.map(({ header }) => headerLeaf(header))
    }
    const below = Array.from({ length: TILE_WIDTH }, (_, i) => ({ level: level - 1, index: first + i }))
    const found = await read(new Map(below.map((tile) => [tileKey(tile), tile])))
    return below.map((tile) => rootOf(found.get(tileKey(tile)) as readonly Hash[]))
  }

  return {
    edge: unfilled.flatMap((hashes) => rootsOf(hashes)).reverse(),
    async hashes(of) {
      const places = of.map(placeOf)
      const isUnfilled = ({ level, index }: TileReference) =>
        index === Math.floor(state.size / TILE_WIDTH ** (level + 1))
      const wanted = places.filter(({ tile }) => !isUnfilled(tile)).map(({ tile }) => [tileKey(tile), tile] as const)
      const found = wanted.length > 0 ? await read(new Map(wanted)) : new Map<string, readonly Hash[]>()
      return places.map(({ tile, from, count }) => {
        const hashes = isUnfilled(tile) ? unfilled[tile.level] : found.get(tileKey(tile))
        return rootOf((hashes as readonly Hash[]).slice(from, from + count))
      })
    },
  }
}

/** Where the hashes are that a subtree consists of. */
function placeOf({ level, index }: Subtree): {
  readonly tile: TileReference
  readonly from: number
  readonly count: number
} {
  const count = 2 ** (level % LEVELS_OF_TILE)
  const first = index * count
  const tile = { level: Math.floor(level / LEVELS_OF_TILE), index: Math.floor(first / TILE_WIDTH) }
  return { tile, from: first % TILE_WIDTH, count }
}

/** The roots of the complete subtrees of a tile that is not full, from right to left. */
const rootsOf = (hashes: readonly Hash[]): readonly Hash[] =>
  subtreesOf(0, hashes.length)
    .map(({ level, index }) => rootOf(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level)))
    .reverse()

const missing = (n: number) => new LedgerDamaged(`Block ${n} of the chain is missing, although later ones exist`, n)
