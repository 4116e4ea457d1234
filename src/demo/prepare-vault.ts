import { InvalidConfiguration } from '../core/errors/input.ts'
import { openOrCreate } from '../core/files/open-or-create.ts'
import { openStorage } from '../open/open-storage.ts'
import { parseMasterAddress } from '../open/vault/addresses.ts'
import { openMaster } from '../open/vault/opening/open-masters.ts'
import { defaultKeyFile } from '../open/vault/vault-config.ts'
import { createLocalMaster, findVault } from '../privacy/index.ts'

/**
 * The environment of the demo's processes: with the master key of `VAULT_KEY`, by default in a file beside the storage's
 * folder, and times after which a customer is forgotten in seconds instead of a minute. The processes that share a folder
 * also share a clock.
 *
 * @param storage the URL of the storage
 */
export function withVaultSettings(given: NodeJS.ProcessEnv, storage: string): NodeJS.ProcessEnv {
  const folderKey = defaultKeyFile(storage, 'TIDEMARK_STORAGE')
  return {
    KEY_CACHE_TTL: '1000',
    ...(folderKey === undefined ? { PAYLOADS: './data/payloads' } : { KEY_CACHE_MARGIN: '500' }),
    ...given,
    VAULT_KEY: given.VAULT_KEY || folderKey || './data.key',
  }
}

/**
 * Creates the file of the master key if it does not exist.
 *
 * @param environment see `withVaultSettings`
 * @param storage the URL of the storage
 * @returns the file; undefined if the key is in a service
 * @throws InvalidConfiguration if the file is missing, but the storage has a vault, or if it is not a master key
 */
export async function prepareKeyFile(
  { VAULT_KEY: key = '', VAULT_STORAGE }: NodeJS.ProcessEnv,
  storage: string,
): Promise<string | undefined> {
  // While a key is replaced, there are several, all of which exist.
  if (key.includes(',')) return undefined
  const address = parseMasterAddress(key, 'VAULT_KEY')
  if (address.kind !== 'file') return undefined
  const { file } = address
  const open = () => openMaster(address, 'VAULT_KEY')
  await openOrCreate(file, open, async () => {
    await assertNoVault(VAULT_STORAGE || storage, file)
    await createLocalMaster(file)
    return open()
  })
  return file
}

/** A new key would open nothing of an existing vault, and the error would only say that it is the wrong one. */
async function assertNoVault(url: string, file: string): Promise<void> {
  await using storage = await openStorage(url, { setting: 'TIDEMARK_STORAGE' })
  const found = await findVault(storage)
  if (found === undefined) return
  const reason = `${file} does not exist, and the vault is already there: put back the key ${found.masters.join(' and ')}`
  throw new InvalidConfiguration('VAULT_KEY', reason)
}
