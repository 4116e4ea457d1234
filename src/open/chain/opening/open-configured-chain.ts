import { type Chain, openChain } from '../../../integrity/open-chain.ts'
import type { Storage } from '../../../views/with-views.ts'
import { openStorage } from '../../open-storage.ts'
import type { ChainConfig } from '../chain-config.ts'
import { asSet } from './as-set.ts'
import { openAnchors } from './open-anchor.ts'
import { openKey } from './prepare-key.ts'

/** A chain, and how what was opened for it is closed. The storage of the log stays open. */
export type OpenedChain = { readonly chain: Chain; close(): Promise<void> }

/**
 * Opens the chain of a log. The storage of the ledger must exist if it is another one: a mistyped name would otherwise
 * begin a second chain.
 *
 * @throws InvalidConfiguration; and what the adapter throws
 */
export async function openConfiguredChain(
  storage: Storage,
  { keyFile, origin, originSetting = 'CHAIN_ORIGIN', ledger: url, anchors }: ChainConfig,
): Promise<OpenedChain> {
  const signer = keyFile === undefined ? undefined : await openKey(keyFile)
  const opened = await openAnchors(anchors, 'CHAIN_ANCHORS')
  const ledger = url === undefined ? undefined : await openStorage(url, { setting: 'CHAIN_LEDGER', mustExist: true })
  const close = async () => ledger?.close()
  try {
    const chain = await asSet(origin === undefined ? 'CHAIN_KEY' : originSetting, () =>
      openChain(storage, {
        origin: origin ?? signer?.name ?? '',
        anchors: opened,
        ...(signer && { signer }),
        ...(ledger && { ledger }),
      }),
    )
    return { chain, close }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}
