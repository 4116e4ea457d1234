import type { ChainContext } from '../chain/chain-context.ts'
import { openTree } from '../ledger/tree/open-tree.ts'
import { mineRecord } from './mine-record.ts'
import { completeOptions, type MineOptions } from './options.ts'
import { nextWork } from './records.ts'

/** What mining has come to. */
export type MineResult = {
  /** The records that were completed in the meantime, by this process or by another one. */
  readonly records: number
  /** The blocks that work covers, of those that there were at the beginning. */
  readonly covered: number
  readonly size: number
}

/**
 * Does work over the heads of a ledger until it covers the blocks that there are now. Any number of hosts may do so at
 * once, and each continues what another one began.
 *
 * It makes rewriting the ledger expensive for who has as few processors as the hosts that mine. It does not show who
 * wrote it, or when, or that its end is missing; that is what signed heads and witnesses are for.
 *
 * @throws InvalidOption; LedgerDamaged if the last record is not one of this ledger; the signal's reason
 */
export async function mine(
  context: Pick<ChainContext, 'ledger' | 'origin' | 'clock'>,
  options: MineOptions,
): Promise<MineResult> {
  const complete = completeOptions(options)
  const { signal } = complete
  const tree = await openTree(context.ledger)
  for (let [records, last] = [0, -1]; ; records++) {
    signal?.throwIfAborted()
    const { covered, open } = await nextWork(context, tree, complete, last)
    if (open === undefined) return { records, covered, size: tree.size }
    await mineRecord(context, open, complete)
    last = open.n
  }
}
