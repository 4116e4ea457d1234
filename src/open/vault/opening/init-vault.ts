import { existsSync } from 'node:fs'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { createLocalMaster, type FoundVault, findVault } from '../../../privacy/index.ts'
import { openStorage } from '../../open-storage.ts'
import { defaultKeyFile, readVaultConfig } from '../vault-config.ts'
import { openConfiguredVault } from './open-configured-vault.ts'

/** What `initVault` found and created. */
export type InitializedVault = {
  /** The ids of the master keys that open the vault. */
  readonly masters: readonly string[]
  /** The file of the master key, if it is one. */
  readonly keyFile?: string
  readonly createdKey: boolean
  readonly createdVault: boolean
}

/**
 * Creates what a vault needs and does not exist: the file of its master key, the storage of its keys, and its own
 * document. The storage itself must exist.
 *
 * @param environment see `readVaultConfig`
 * @throws InvalidConfiguration, also if the vault exists, but not its master key; KeysUnavailable, VaultMismatch
 */
export async function initVault(
  environment: Readonly<Record<string, string | undefined>>,
  url: string,
  setting: string,
): Promise<InitializedVault> {
  const key = environment.VAULT_KEY || defaultKeyFile(url, setting)
  if (key === undefined) throw new InvalidConfiguration('VAULT_KEY', 'must name the master key of this storage')
  const config = readVaultConfig({ ...environment, VAULT_KEY: key }, url, setting)
  const [master] = config?.masters ?? []
  if (config === undefined || master === undefined) throw new InvalidConfiguration('VAULT_KEY', 'names no master key')
  const keyFile = master.kind === 'file' ? master.file : undefined
  await (await openStorage(url, { setting, mustExist: true })).close()
  const keys = config.storage === undefined ? { url, setting } : { url: config.storage, setting: 'VAULT_STORAGE' }
  const found = await findAt(keys.url, keys.setting)
  const createdKey = keyFile !== undefined && !existsSync(keyFile)
  if (createdKey) {
    if (found) {
      const where = `${keyFile} does not exist, and the vault is already there`
      throw new InvalidConfiguration('VAULT_KEY', `${where}: put back the master key ${found.masters.join(' and ')}`)
    }
    await createLocalMaster(keyFile)
  }
  const { storage, vault } = await openConfiguredVault(url, config, { setting }, Number.POSITIVE_INFINITY)
  await using _ = storage
  const masters = [...new Set((await vault.status()).epochs.map((epoch) => epoch.master))]
  return { masters, ...(keyFile !== undefined && { keyFile }), createdKey, createdVault: found === undefined }
}

async function findAt(url: string, setting: string): Promise<FoundVault | undefined> {
  await using keys = await openStorage(url, { setting })
  return await findVault(keys)
}
