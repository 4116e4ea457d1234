import { LedgerDamaged } from '../../../core/errors/integrity.ts'
import { sameInterval } from '../../../core/positions/hash-interval.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import type { Block, ChainEnd } from '../../ledger/blocks/block.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { EMPTY_STATE } from '../../ledger/state/advance-state.ts'
import { type StoredState, storedState } from '../../ledger/state/follow-ledger.ts'

/**
 * The stored state, if a writer can build on it: everybody who may write to the database can edit it, and a block that
 * continues a wrong end stays in the chain. One that names wrong ends counts as missing: it is computed again from the
 * blocks.
 *
 * @throws LedgerDamaged if the state covers blocks that are missing
 */
export async function usableState(ledger: Pick<Ledger, 'blocks' | 'state' | 'tiles'>): Promise<StoredState> {
  const stored = await storedState(ledger)
  if (stored.isAhead) {
    throw new LedgerDamaged('The last blocks of the chain are missing: restore them, or begin a new chain')
  }
  const { ends, size } = stored.state
  if (size === 0) return stored
  const blocks = new Map<number, Block | undefined>()
  for (const n of new Set([size - 1, ...ends.map(({ after }) => after.block)])) {
    blocks.set(n, (await ledger.blocks(n, 1))[0])
  }
  const newest = blocks.get(size - 1)?.header.parts ?? []
  const areNamed = newest.every((_, part) => ends.some(({ after }) => after.block === size - 1 && after.part === part))
  const areRight = ends.every((end) => isEnd(end, blocks.get(end.after.block)))
  return areNamed && areRight ? stored : { ...stored, state: EMPTY_STATE, head: null }
}

function isEnd({ range, after, to, continuation }: ChainEnd, block: Block | undefined): boolean {
  const part = block?.header.parts[after.part]
  return (
    part !== undefined &&
    sameInterval(part.range, range) &&
    comparePositions(part.to, to) === 0 &&
    block?.body.continuations[after.part] === continuation
  )
}
