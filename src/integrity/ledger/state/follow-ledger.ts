import { rootOf } from '../../merkle/compact-range.ts'
import { type Hash, sameHash } from '../../merkle/hash.ts'
import type { Header } from '../blocks/block.ts'
import { headerLeaf } from '../blocks/header-leaf.ts'
import { type Ledger, type LedgerState, TILE_WIDTH, tileKey } from '../ledger.ts'
import { advanceState, EMPTY_STATE, hashesIn, type Tile } from './advance-state.ts'

/** A ledger up to its last block. */
export type Followed = {
  readonly state: LedgerState
  /** The header of the last block, or null if there is none. */
  readonly head: Header | null
}

// Blocks read at once: usually there is none, or one.
const FIRST = 1
const MOST = 64

/**
 * Reads the blocks after a state.
 *
 * @param known the state, and the header of the last block that it covers
 * @param filled called with each tile that they fill, in order
 */
export async function followLedger(
  ledger: Pick<Ledger, 'blocks'>,
  known: Followed,
  filled: (tile: Tile) => Promise<void> | void = () => {},
): Promise<Followed> {
  let { state, head } = known
  for (let count = FIRST; ; count = Math.min(MOST, count * 2)) {
    const blocks = await ledger.blocks(state.size, count)
    for (const block of blocks) {
      const next = advanceState(state, block)
      for (const tile of next.filled) await filled(tile)
      state = next.state
      head = block.header
    }
    if (blocks.length < count) return { state, head }
  }
}

/** Reads a ledger up to its last block. What is asked of one such reading is of one moment. */
export const readState = async (ledger: Pick<Ledger, 'blocks' | 'state' | 'tiles'>): Promise<Followed> =>
  followLedger(ledger, await storedState(ledger))

/** A stored state that can be continued from, and its ETag. */
export type StoredState = Followed & {
  readonly etag: string | undefined
  /** Whether the stored state covers blocks that are missing. */
  readonly isAhead: boolean
}

/**
 * The stored state of a ledger, if it agrees with the last block that it covers; otherwise that of a chain without
 * blocks, from which the blocks can be followed.
 */
export async function storedState(ledger: Pick<Ledger, 'blocks' | 'state' | 'tiles'>): Promise<StoredState> {
  const stored = await ledger.state()
  const nothing = { state: EMPTY_STATE, head: null, etag: stored?.etag, isAhead: false }
  if (stored === undefined || stored.document.size === 0) return nothing
  const state = stored.document
  const [last] = await ledger.blocks(state.size - 1, 1)
  if (last === undefined) return { ...nothing, isAhead: true }
  const agrees = await hasLeaf(ledger, state, headerLeaf(last.header))
  return agrees ? { state, head: last.header, etag: stored.etag, isAhead: false } : nothing
}

/** Whether the last leaf of a state is this one, or cannot be known, because a tile is missing. */
async function hasLeaf(ledger: Pick<Ledger, 'tiles'>, { tiles, size }: LedgerState, leaf: Hash): Promise<boolean> {
  const last = hashesIn(tiles[0]).at(-1)
  if (last !== undefined) return sameHash(last, leaf)
  const full = { level: 0, index: size / TILE_WIDTH - 1 }
  const hashes = (await ledger.tiles([full])).get(tileKey(full))
  if (hashes === undefined) return true
  const above = hashesIn(tiles[1]).at(-1)
  return sameHash(hashes.at(-1) as Hash, leaf) && (above === undefined || sameHash(above, rootOf(hashes)))
}
