import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { type FoundVault, type MasterKey, openVault, withVault } from '../../../privacy/index.ts'
import { openStorage } from '../../open-storage.ts'
import type { OpenOptions } from '../../opener.ts'
import type { VaultConfig } from '../vault-config.ts'
import { findVaultOfLog } from './find-vault-of-log.ts'
import { openMaster } from './open-masters.ts'
import { openPayloadCache } from './open-payload-cache.ts'
import { openPayloads } from './open-payloads.ts'
import type { StorageAndVault } from './opened-storage.ts'

/**
 * Opens a storage, the storage of its keys, and the vault. The storage of the keys must exist if it is another one: a
 * mistyped name would otherwise begin a second vault, which opens nothing of the first.
 *
 * @param readBefore how many events are searched for personal data before a vault is created
 */
export async function openConfiguredVault(
  url: string,
  config: VaultConfig,
  options: OpenOptions,
  readBefore = 1000,
): Promise<StorageAndVault> {
  const { storage: keysUrl = url, keyCacheTtl, clockMargin, payloadCache } = config
  const opens: { readonly close: () => Promise<void> }[] = []
  const opened = <T extends { readonly close: () => Promise<void> }>(one: T): T => {
    opens.unshift(one)
    return one
  }
  // All are closed, even if one fails to.
  const close = async () => {
    const results = await Promise.allSettled(opens.map((one) => one.close()))
    const failed = results.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
  }
  const timed = options.clock && { clock: options.clock }
  try {
    const master = await Promise.all(config.masters.map((address) => openMaster(address, 'VAULT_KEY')))
    const storage = opened(await openStorage(url, options))
    const isOwn = keysUrl === url
    const keys = isOwn
      ? storage
      : opened(await openStorage(keysUrl, { setting: 'VAULT_STORAGE', mustExist: true, ...timed }))
    const setting = isOwn ? (options.setting ?? 'url') : 'VAULT_STORAGE'
    const found = await findVaultOfLog(storage, keys, readBefore)
    assertFits(found, master, setting, options.mustExist ?? false)
    // What the vault has already holds for everybody: a process must not make forgetting slower just by opening it.
    const ttl = keyCacheTtl ?? found?.longestTtl
    const payloads = await openPayloads(config, opened)
    const cache =
      payloads &&
      payloadCache &&
      opened(await openPayloadCache(payloadCache.url, payloadCache.ttl, storage.incarnation)).cache
    const vault = await openVault({
      keys,
      master,
      ...(ttl !== undefined && { keyCache: { ttl } }),
      ...(clockMargin !== undefined && { margin: clockMargin }),
      ...(payloads && { payloads }),
      ...(cache && { payloadCache: cache }),
      ...timed,
    })
    const sealing = { ...withVault(storage, vault, timed), close, [Symbol.asyncDispose]: close }
    return { storage: sealing, vault, payloads: payloads ?? [] }
  } catch (error) {
    await close().catch(() => {})
    throw error
  }
}

function assertFits(
  found: FoundVault | undefined,
  masters: readonly MasterKey[],
  setting: string,
  mustExist: boolean,
): void {
  if (found === undefined) {
    if (mustExist) throw new InvalidConfiguration(setting, 'contains no vault; create one with tidemark vault init')
    return
  }
  const ids = masters.map(({ id }) => id)
  const missing = found.masters.filter((id) => !ids.includes(id))
  if (missing.length > 0) {
    const reason = `the vault needs the master key ${missing.join(' and ')}, but was given ${ids.join(' and ')}`
    throw new InvalidConfiguration('VAULT_KEY', reason)
  }
}
