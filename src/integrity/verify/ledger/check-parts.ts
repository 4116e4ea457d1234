import { containsInterval, type HashInterval, overlaps, sameInterval } from '../../../core/positions/hash-interval.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import type { Block, ChainEnd, Part } from '../../ledger/blocks/block.ts'
import { advanceEnds, endOf } from '../../ledger/blocks/chain-ends.ts'
import type { Findings } from '../findings.ts'

/** Checks that the parts of blocks continue one another without gaps and overlaps. */
export type PartCheck = {
  /** Where the chain of each range ends. */
  readonly ends: readonly ChainEnd[]
  /** Checks the parts of the next block. */
  add(block: Block): void
}

/** @param ends where the chain of each range ends before the first block that is checked */
export function createPartCheck(findings: Findings, ends: readonly ChainEnd[]): PartCheck {
  let now = ends

  function fault({ range, after, from, to }: Part, before: readonly HashInterval[]): string | undefined {
    if (before.some((other) => overlaps(other, range))) return 'overlaps another part of the block'
    const end = endOf(now, range)
    if (after?.block !== end?.after.block || after?.part !== end?.after.part) {
      return 'does not continue the last part of its range'
    }
    if (end !== undefined && (from === null || comparePositions(from, end.to) !== 0)) {
      return 'does not begin where the part before it ends'
    }
    if (from !== null && comparePositions(from, to) >= 0) return 'does not end after it begins'
    const isDivided = now.some((other) => overlaps(other.range, range) && !containsInterval(other.range, range))
    return isDivided ? 'covers parts of its range that have been sealed on their own' : undefined
  }

  return {
    get ends() {
      return now
    },
    add(block) {
      const before: HashInterval[] = []
      for (const [index, part] of block.header.parts.entries()) {
        const what = fault(part, before)
        if (what !== undefined) {
          findings.add('partWrong', `Part ${index} of block ${block.header.n} ${what}`, { block: block.header.n })
        }
        before.push(part.range)
      }
      now = advanceEnds(now, block)
    },
  }
}

/** Whether two lists say the same of where chains end. Both are in order. */
export const sameEnds = (a: readonly ChainEnd[], b: readonly ChainEnd[]): boolean =>
  a.length === b.length && a.every((end, i) => sameEnd(end, b[i] as ChainEnd))

const sameEnd = (a: ChainEnd, b: ChainEnd): boolean =>
  sameInterval(a.range, b.range) &&
  a.after.block === b.after.block &&
  a.after.part === b.after.part &&
  a.continuation === b.continuation &&
  comparePositions(a.to, b.to) === 0
