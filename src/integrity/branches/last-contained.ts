import { type HashInterval, overlaps, sameInterval } from '../../core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../core/positions/position.ts'
import type { Block, ChainEnd, Part } from '../ledger/blocks/block.ts'
import type { Ledger } from '../ledger/ledger.ts'

type Mark = HashInterval & Position

// How many blocks are read to find it.
const MOST_BLOCKS = 256

/** Remembers the lowest tidemark of each interval. */
export function createSlowest() {
  const slowest: Mark[] = []
  return {
    marks: slowest as readonly Mark[],
    add(tidemarks: readonly Tidemark[]): void {
      for (const mark of tidemarks) {
        const at = slowest.findIndex((one) => sameInterval(one, mark))
        if (at < 0) slowest.push(mark)
        else if (comparePositions(mark, slowest[at] as Mark) < 0) slowest[at] = mark
      }
    },
  }
}

/**
 * The last block that is contained in all documents with these tidemarks: everything in it, and before it, that concerns
 * them was folded.
 *
 * @param marks the lowest tidemark of each interval
 * @returns null if there is none, or if it is further back than a few hundred blocks
 */
export async function lastContained(
  ledger: Pick<Ledger, 'blocks'>,
  { ends, size }: { readonly ends: readonly ChainEnd[]; readonly size: number },
  marks: readonly Mark[],
): Promise<number | null> {
  const blocks = new Map<number, Block | undefined>()
  async function blockAt(n: number): Promise<Block | undefined> {
    if (!blocks.has(n)) blocks.set(n, (await ledger.blocks(n, 1))[0])
    return blocks.get(n)
  }
  let first = size
  for (const { range, after } of ends) {
    const lowest = marks
      .filter((mark) => overlaps(mark, range))
      .reduce<Mark | undefined>((a, b) => (a === undefined || comparePositions(b, a) < 0 ? b : a), undefined)
    if (lowest === undefined) continue
    for (let at: ChainEnd['after'] | null = after; at !== null; ) {
      const part: Part | undefined = (await blockAt(at.block))?.header.parts[at.part]
      if (part === undefined || blocks.size > MOST_BLOCKS) return null
      if (comparePositions(part.to, lowest) <= 0) break
      first = Math.min(first, at.block)
      at = part.after
    }
  }
  return first > 0 ? first - 1 : null
}
