import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { openStorage } from '../../../../src/open/open-storage.ts'
import { openStorageWithVault } from '../../../../src/open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../../../src/open/vault/vault-config.ts'
import { createLocalMaster, findVault } from '../../../../src/privacy/index.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const events = defineEvents({
  Registered: {
    schema: z.object({ memberId: z.string(), name: z.string() }),
    personal: { of: ({ memberId }) => memberId, fields: { name: '(forgotten)' } },
  },
})

const registered = { type: 'Registered' as const, data: { memberId: 'm-17', name: 'Ada Lovelace' } }

const openWith = (url: string, environment: Record<string, string> = {}, mustExist = false) =>
  openStorageWithVault(url, readVaultConfig(environment, url, 'TIDEMARK_STORAGE'), {
    setting: 'TIDEMARK_STORAGE',
    mustExist,
  })

async function namesIn(url: string, environment: Record<string, string> = {}): Promise<unknown[]> {
  const { storage } = await openWith(url, environment)
  await using _ = storage
  const { events: read } = await eventStore(storage, events).load('member:m-17')
  return read.map(({ data }) => data.name)
}

describe('openStorageWithVault', () => {
  it('opens a plain storage where no vault is configured', async () => {
    const { storage, vault } = await openWith(`file:${join(tempFolder(), 'data')}`)
    await using _ = storage
    expect(vault).toBeUndefined()
    expect(storage.vault).toBeUndefined()
  })

  it('seals with the key beside the folder, and opens with it after a restart', async () => {
    const folder = join(tempFolder(), 'data')
    await createLocalMaster(`${folder}.key`)
    const { storage } = await openWith(`file:${folder}`)
    await eventStore(storage, events).append('member:m-17', [registered], { expectedVersion: 'any' })
    await storage.close()
    expect(readFileSync(join(folder, 'events.db')).includes('Lovelace')).toBe(false)
    expect(await namesIn(`file:${folder}`)).toEqual(['Ada Lovelace'])
  })

  it('keeps the keys in another storage, which must exist, and closes it with the storage', async () => {
    const folder = tempFolder()
    const key = join(folder, 'master.key')
    await createLocalMaster(key)
    const url = `file:${join(folder, 'data')}`
    const environment = { VAULT_KEY: key, VAULT_STORAGE: `file:${join(folder, 'keys')}` }
    await expect(openWith(url, environment)).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      setting: 'VAULT_STORAGE',
    })
    expect(existsSync(join(folder, 'keys'))).toBe(false)
    await (await openStorage(environment.VAULT_STORAGE)).close()
    const { storage, vault } = await openWith(url, environment)
    await eventStore(storage, events).append('member:m-17', [registered], { expectedVersion: 'any' })
    expect(await vault?.status()).toMatchObject({ people: 1 })
    await storage.close()
    await expect(vault?.status()).rejects.toMatchObject({ code: 'KeysUnavailable' })
    expect(await namesIn(url, environment)).toEqual(['Ada Lovelace'])
  })

  it('names the variable where the key file is missing, or may be read by others', async () => {
    const folder = tempFolder()
    const file = join(folder, 'master.key')
    const url = `file:${join(folder, 'data')}`
    const refused = expect.objectContaining({ code: 'InvalidConfiguration', setting: 'VAULT_KEY' })
    await expect(openWith(url, { VAULT_KEY: file })).rejects.toThrow(refused)
    await expect(openWith(url, { VAULT_KEY: file })).rejects.toThrow(/tidemark vault init/)
    expect(existsSync(join(folder, 'data'))).toBe(false)
    await createLocalMaster(file)
    chmodSync(file, 0o644)
    await expect(openWith(url, { VAULT_KEY: file })).rejects.toThrow(refused)
  })

  it('refuses a storage without a vault where it must exist, and creates none', async () => {
    const folder = join(tempFolder(), 'data')
    await (await openStorage(`file:${folder}`)).close()
    await createLocalMaster(`${folder}.key`)
    await expect(openWith(`file:${folder}`, {}, true)).rejects.toThrow(/TIDEMARK_STORAGE: contains no vault/)
    await using storage = await openStorage(`file:${folder}`)
    expect(await findVault(storage)).toBeUndefined()
  })

  it('names the master key that a vault needs where another one is given', async () => {
    const folder = tempFolder()
    const url = `file:${join(folder, 'data')}`
    const keys = [join(folder, 'one.key'), join(folder, 'two.key')] as const
    const ids = await Promise.all(keys.map(createLocalMaster))
    await (await openWith(url, { VAULT_KEY: keys[0] })).storage.close()
    const other = openWith(url, { VAULT_KEY: keys[1] })
    await expect(other).rejects.toThrow(`VAULT_KEY: the vault needs the master key ${ids[0]}, but was given ${ids[1]}`)
    await (await openWith(url, { VAULT_KEY: `${keys[1]},${keys[0]}` })).storage.close()
  })

  it('does not make forgetting slower by opening a vault whose processes cache keys for less than the default', async () => {
    const folder = join(tempFolder(), 'data')
    await createLocalMaster(`${folder}.key`)
    await (await openWith(`file:${folder}`, { KEY_CACHE_TTL: '2000' })).storage.close()
    await (await openWith(`file:${folder}`)).storage.close()
    await using storage = await openStorage(`file:${folder}`)
    expect(await findVault(storage)).toMatchObject({ longestTtl: 2000 })
  })

  it('refuses to create a vault where another one sealed the log, as after a restore without its keys', async () => {
    const folder = tempFolder()
    const [data, backup] = [join(folder, 'data'), join(folder, 'backup')]
    for (const file of [`${data}.key`, `${backup}.key`]) await createLocalMaster(file)
    const { storage } = await openWith(`file:${data}`)
    await eventStore(storage, events).append('member:m-17', [registered], { expectedVersion: 'any' })
    await storage.backup?.(backup)
    await storage.close()
    await expect(openWith(`file:${backup}`)).rejects.toMatchObject({ code: 'VaultMismatch' })
    await expect(openWith(`file:${backup}`)).rejects.toThrow(/vault copy/)
    await using restored = await openStorage(`file:${backup}`)
    expect(await findVault(restored)).toBeUndefined()
  })
})
