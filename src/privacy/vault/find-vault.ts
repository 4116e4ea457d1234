import type { StoragePort } from '../../core/port/storage.ts'
import { KeyStore } from './key-store.ts'
import { epochsOf } from './root-document.ts'

/** What a storage of keys says about its vault, without any master key. */
export type FoundVault = {
  /** The ids of the master keys that open it: more than one while a rotation is unfinished. */
  readonly masters: readonly string[]
  /** The longest time to live, in milliseconds, of any process's key cache. */
  readonly longestTtl: number
}

/**
 * Finds out whether a storage contains a vault. Nothing is created.
 *
 * @returns undefined if it contains none
 * @throws KeysUnavailable, VaultMismatch
 */
export async function findVault(keys: Pick<StoragePort, 'viewStore'>): Promise<FoundVault | undefined> {
  const { root } = await new KeyStore(keys.viewStore).read([])
  if (root === undefined) return undefined
  const { document } = root
  const masters = epochsOf(document).map((epoch) => document.epochs[epoch]?.master as string)
  return { masters: [...new Set(masters)], longestTtl: document.longestTtl }
}
