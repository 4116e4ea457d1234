import { ChainDiverged } from '../../../core/errors/integrity.ts'
import type { ChainContext } from '../../chain/chain-context.ts'
import { openTree } from '../../ledger/tree/open-tree.ts'
import type { LedgerTree } from '../../ledger/tree/tree.ts'
import { compareWithTree, type HeadComparison } from '../compare-head.ts'
import type { TreeHead } from '../head.ts'

/** A head that was kept somewhere. */
export type KeptHead = { readonly where: string; readonly head: TreeHead }

/** What contradicts a ledger. */
export type Contradiction = KeptHead & { readonly found: Exclude<HeadComparison, 'contained'> }

// A replica of a database may not have the last blocks yet.
const ATTEMPTS = 4
const PAUSE = 500

/**
 * Opens the tree of the ledger as it is after heads were read, and compares it with them: what another process has
 * signed meanwhile is in it.
 */
export async function openTreeAfter(
  { ledger, clock }: Pick<ChainContext, 'ledger' | 'clock'>,
  kept: readonly KeptHead[],
): Promise<{ readonly tree: LedgerTree; readonly contradictions: readonly Contradiction[] }> {
  for (let attempt = 1; ; attempt++) {
    const tree = await openTree(ledger)
    const contradictions: Contradiction[] = []
    for (const { where, head } of kept) {
      const found = await compareWithTree(head, tree)
      if (found !== 'contained') contradictions.push({ where, head, found })
    }
    const mayBeLate = contradictions.some(({ found }) => found === 'rollback')
    if (!mayBeLate || attempt === ATTEMPTS) return { tree, contradictions }
    await clock.sleep(PAUSE)
  }
}

/** Says how a ledger contradicts the heads that were kept. */
export function diverged(contradictions: readonly Contradiction[], size: number): ChainDiverged {
  const reasons = contradictions.map(({ where, head, found }) =>
    found === 'rollback'
      ? `${where} keeps a head of ${head.size} blocks, but the ledger has ${size}`
      : `${where} keeps a head of ${head.size} blocks that is not one of this ledger`,
  )
  return new ChainDiverged(`Nothing is signed, because the ledger was changed or rolled back: ${reasons.join('; ')}`)
}
