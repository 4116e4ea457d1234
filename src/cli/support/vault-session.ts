import { InvalidConfiguration } from '../../core/errors/input.ts'
import { readOpeningSettings } from '../../open/opening-settings.ts'
import { openStorageWithVault } from '../../open/vault/open-with-vault.ts'
import { readVaultConfig, type VaultConfig } from '../../open/vault/vault-config.ts'
import type { PayloadRule, PrivacyVault } from '../../privacy/index.ts'
import { type CommonOptions, type Session, withConsole } from './session.ts'
import { type StorageUrl, storageOf } from './storage-url.ts'

/** What a command on a vault works with. */
export type VaultSession = Session & {
  readonly vault: PrivacyVault
  /** Where payloads are stored. */
  readonly payloads: readonly PayloadRule[]
}

/**
 * Runs a command over a storage and its vault, which must exist, and sets the exit code.
 *
 * @param adapt changes the configuration before the vault is opened
 */
export async function withVaultStorage(
  options: CommonOptions,
  work: (session: VaultSession) => Promise<void>,
  adapt: (config: VaultConfig) => VaultConfig | Promise<VaultConfig> = (config) => config,
): Promise<void> {
  await withConsole(options.json ?? false, async (console) => {
    const at = storageOf(options.storage)
    const config = await adapt(vaultConfigOf(at))
    const { storage, vault, payloads } = await openStorageWithVault(at.url, config, {
      setting: at.setting,
      mustExist: true,
      ...readOpeningSettings(process.env, at.url, at.setting),
    })
    await using _ = storage
    await work({ ...console, storage, vault: vault as PrivacyVault, payloads })
  })
}

/** The configuration of the vault of a storage. @throws InvalidConfiguration if none is configured */
function vaultConfigOf({ url, setting }: StorageUrl): VaultConfig {
  const config = readVaultConfig(process.env, url, setting)
  if (config) return config
  throw new InvalidConfiguration('VAULT_KEY', 'names no master key; tidemark vault init creates one')
}
