import type { ChainSummary } from '../../../integrity/chain/chain-summary.ts'
import type { HeadReport } from '../../../integrity/heads/head-report.ts'
import { headStatus } from '../../../integrity/heads/publishing/read-heads.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { ChainConfig } from '../chain-config.ts'
import { openConfiguredChain } from './open-configured-chain.ts'

/** A chain that is only read: nothing is sealed, signed or published. */
export type WatchedChain = {
  /** A few reads of the ledger. @throws LedgerDamaged; what the storage of the ledger throws */
  summary(): Promise<ChainSummary>
  /** Asks the anchors for their heads and compares the ledger with them. @throws as `summary` does */
  heads(): Promise<HeadReport>
  /** When the last of the first `size` blocks was written: ISO 8601 in UTC, or null if there is no such block. */
  sealedAt(size: number): Promise<string | null>
  /** Closes what was opened for it. The storage of the log stays open. */
  close(): Promise<void>
}

/** Opens the chain of a log to watch it. @throws as `openConfiguredChain` does */
export async function openWatchedChain(storage: Storage, config: ChainConfig): Promise<WatchedChain> {
  const { chain, close } = await openConfiguredChain(storage, config)
  return {
    summary: () => chain.summary(),
    heads: () => headStatus(chain.context),
    async sealedAt(size) {
      const [block] = size === 0 ? [] : await chain.context.ledger.blocks(size - 1, 1)
      return block?.header.at ?? null
    },
    close,
  }
}
