import type { PrivacyVault } from '../../privacy/index.ts'
import type { Storage } from '../../views/with-views.ts'
import { openStorage } from '../open-storage.ts'
import type { OpenOptions } from '../opener.ts'
import type { VaultConfig } from './vault-config.ts'

/** A storage and, if one is configured, its vault. */
export type OpenedStorage = {
  /** It seals and opens with the vault. Closing it closes everything that was opened with it. */
  readonly storage: Storage
  readonly vault: PrivacyVault | undefined
}

/**
 * Opens a storage with the vault that is configured for it. Without one, nothing of it is loaded.
 *
 * @param config see `readVaultConfig`
 * @throws InvalidConfiguration; KeysUnavailable, VaultMismatch; and what the adapter throws
 */
export async function openStorageWithVault(
  url: string,
  config: VaultConfig | undefined,
  options: OpenOptions = {},
): Promise<OpenedStorage> {
  if (config === undefined) return { storage: await openStorage(url, options), vault: undefined }
  const { openConfiguredVault } = await import('./open-configured-vault.ts')
  return openConfiguredVault(url, config, options)
}
