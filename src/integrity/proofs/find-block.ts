import { containsHash } from '../../core/positions/hash-interval.ts'
import { comparePositions, type Position } from '../../core/positions/position.ts'
import type { Block, ChainEnd, Part } from '../ledger/blocks/block.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Finds the blocks of positions. */
export type BlockFinder = {
  /**
   * The block whose part has a position in its window, or undefined if it is not sealed.
   *
   * @param ends where the chain of each feed range ends
   */
  find(position: Position, ends: readonly ChainEnd[]): Promise<Block | undefined>
}

// Blocks whose parts are remembered: some hundred bytes each, and blocks never change.
const MOST = 16_384

// The blocks themselves, up to some hundred kilobytes each: the one that is found has usually just been read.
const MOST_BLOCKS = 4

// How many blocks after a guess are tried if it has nothing of the range.
const NEIGHBOURS = 4

/**
 * A search by interpolation, because LSNs grow about as fast as blocks are written. It also follows the links between the
 * parts of a range, so that it ends however rarely the range has one.
 */
export function createBlockFinder(ledger: Pick<Ledger, 'blocks'>): BlockFinder {
  const known = new Map<number, readonly Part[]>()
  let recent: readonly Block[] = []

  async function read(n: number): Promise<Block | undefined> {
    const again = recent.find(({ header }) => header.n === n)
    if (again !== undefined) return again
    const [block] = await ledger.blocks(n, 1)
    if (block === undefined) return undefined
    if (known.size >= MOST) known.clear()
    known.set(n, block.header.parts)
    recent = [block, ...recent].slice(0, MOST_BLOCKS)
    return block
  }

  /** The last part of a block that covers a hash. */
  async function partAt(n: number, hash: string): Promise<Part | undefined> {
    const parts = known.get(n) ?? (await read(n))?.header.parts
    return parts?.findLast(({ range }) => containsHash(range, hash))
  }

  /** The first part at or after a block, and before another one. */
  async function near(from: number, before: number, hash: string): Promise<{ n: number; part: Part } | undefined> {
    for (let n = from; n < Math.min(before, from + NEIGHBOURS); n++) {
      const part = await partAt(n, hash)
      if (part !== undefined) return { n, part }
    }
    return undefined
  }

  return {
    async find(position, ends) {
      const { hash, lsn } = position
      const end = narrowest(ends, hash)
      if (end === undefined || comparePositions(position, end.to) > 0) return undefined
      // It is in `high`, or in an earlier block after `low`.
      let [low, high] = [-1, end.after.block]
      let [lowLsn, highLsn] = [0, end.to.lsn]
      for (let step = 0; ; step++) {
        const part = await partAt(high, hash)
        if (part === undefined) return undefined
        if (part.from === null || comparePositions(part.from, position) < 0) return read(high)
        // What links forwards was edited.
        if (part.after === null || part.after.block >= high) return undefined
        high = part.after.block
        highLsn = part.from.lsn
        // By turns in the middle, so that uneven LSNs do not make it slow.
        const share = step % 2 === 1 ? 0.5 : (lsn - lowLsn) / Math.max(1, highLsn - lowLsn)
        const guess = low + 1 + Math.floor(Math.min(1, Math.max(0, share)) * (high - low - 1))
        const found = await near(guess, high, hash)
        if (found === undefined) continue
        if (comparePositions(found.part.to, position) < 0) {
          low = found.n
          lowLsn = found.part.to.lsn
        } else {
          high = found.n
          highLsn = found.part.to.lsn
        }
      }
    },
  }
}

/** The end of the narrowest range that contains a hash. */
function narrowest(ends: readonly ChainEnd[], hash: string): ChainEnd | undefined {
  let found: ChainEnd | undefined
  for (const end of ends) {
    if (!containsHash(end.range, hash)) continue
    if (found === undefined || comparePositions(end.to, found.to) > 0) found = end
  }
  return found
}
