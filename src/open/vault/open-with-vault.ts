import { openStorage } from '../open-storage.ts'
import type { OpenOptions } from '../opener.ts'
import type { OpenedStorage } from './opening/opened-storage.ts'
import type { VaultConfig } from './vault-config.ts'

/**
 * Opens a storage with the vault that is configured for it. Without one, nothing of it is loaded. A vault is created if
 * there is none, unless the storage `mustExist`.
 *
 * @param config see `readVaultConfig`
 * @throws InvalidConfiguration; KeysUnavailable, VaultMismatch; and what the adapter throws
 */
export async function openStorageWithVault(
  url: string,
  config: VaultConfig | undefined,
  options: OpenOptions = {},
): Promise<OpenedStorage> {
  if (config === undefined) return { storage: await openStorage(url, options), vault: undefined, payloads: [] }
  const { openConfiguredVault } = await import('./opening/open-configured-vault.ts')
  return openConfiguredVault(url, config, options)
}
