import { existsSync } from 'node:fs'
import type { Anchor } from '../../integrity/index.ts'
import { parseAnchorAddress } from '../../open/chain/anchor-address.ts'
import { anchorsOf } from '../../open/chain/chain-config.ts'
import type { StorageUrl } from '../support/storage-url.ts'

/** The anchors that a verification compares with. */
export type OutsideTrust = {
  readonly anchors: readonly Anchor[]
  /** What is said about them. */
  readonly description: string
}

/**
 * Opens the anchors that were given as options, else those of `CHAIN_ANCHORS`, else the default folder beside a storage's
 * folder, if it exists.
 *
 * @throws InvalidConfiguration
 */
export async function openOutsideTrust(given: readonly string[] | undefined, at: StorageUrl): Promise<OutsideTrust> {
  const isDefault = given === undefined && !process.env.CHAIN_ANCHORS
  const addresses =
    given?.map((text) => parseAnchorAddress(text, '--anchor')) ?? anchorsOf(process.env, at.url, at.setting)
  const found = isDefault ? addresses.filter((one) => one.kind === 'file' && existsSync(one.folder)) : addresses
  const { openAnchors } = await import('../../open/chain/opening/open-anchor.ts')
  const anchors = await openAnchors(found, given === undefined ? 'CHAIN_ANCHORS' : '--anchor')
  const names = anchors.map(({ name }) => name).join(', ')
  if (anchors.length === 0) return { anchors, description: 'no anchor' }
  const warning = ' (by default, because it is beside the folder: who can change one can change both)'
  return { anchors, description: `${names}${isDefault ? warning : ''}` }
}
