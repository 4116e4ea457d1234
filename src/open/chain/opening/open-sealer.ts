import type { FeedConsumer } from '../../../core/feed/consumer.ts'
import { sealing } from '../../../integrity/chain/sealing/sealing.ts'
import type { Chain } from '../../../integrity/open-chain.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { ChainConfig } from '../chain-config.ts'
import { openConfiguredChain } from './open-configured-chain.ts'

/** What seals the log in a worker, and how what was opened for it is closed. */
export type OpenedSealer = { readonly chain: Chain; readonly consumer: FeedConsumer; close(): Promise<void> }

/** Opens the chain of a log for a worker, which seals it. @throws as `openConfiguredChain` does */
export async function openSealer(storage: Storage, config: ChainConfig): Promise<OpenedSealer> {
  const { chain, close } = await openConfiguredChain(storage, config)
  return { chain, consumer: sealing(chain), close }
}
