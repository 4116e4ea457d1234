import { openVault, withVault } from '../../privacy/index.ts'
import type { Storage } from '../../views/with-views.ts'
import { openStorage } from '../open-storage.ts'
import type { OpenOptions } from '../opener.ts'
import { openMaster } from './open-masters.ts'
import type { OpenedStorage } from './open-with-vault.ts'
import type { VaultConfig } from './vault-config.ts'

/**
 * Opens a storage, the storage of its keys, and the vault. The storage of the keys must exist if it is another one: a
 * mistyped name would otherwise begin a second vault, which opens nothing of the first.
 */
export async function openConfiguredVault(
  url: string,
  { masters, storage: keysUrl, keyCacheTtl }: VaultConfig,
  options: OpenOptions,
): Promise<OpenedStorage> {
  const opens: Storage[] = []
  const opened = (storage: Storage): Storage => {
    opens.unshift(storage)
    return storage
  }
  // All are closed, even if one fails to.
  const close = async () => {
    const results = await Promise.allSettled(opens.map((storage) => storage.close()))
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
  }
  try {
    const master = await Promise.all(masters.map((address) => openMaster(address, 'VAULT_KEY')))
    const storage = opened(await openStorage(url, options))
    const isOwn = keysUrl === undefined || keysUrl === url
    const { clock } = options
    const keys = isOwn
      ? storage
      : opened(await openStorage(keysUrl, { setting: 'VAULT_STORAGE', mustExist: true, ...(clock && { clock }) }))
    const vault = await openVault({
      keys,
      master,
      ...(keyCacheTtl !== undefined && { keyCache: { ttl: keyCacheTtl } }),
      ...(clock && { clock }),
    })
    const sealing = withVault(storage, vault, clock ? { clock } : {})
    return { storage: { ...sealing, close, [Symbol.asyncDispose]: close }, vault }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}
