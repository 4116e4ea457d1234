import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { prepareKeyFile, withVaultSettings } from '../../../src/demo/prepare-vault.ts'
import { openStorageWithVault } from '../../../src/open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../../src/open/vault/vault-config.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function dataFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-demo-'))
  folders.push(folder)
  const url = `file:${join(folder, 'data')}`
  const environment = withVaultSettings({}, url)
  return { url, environment, keyFile: join(folder, 'data.key') }
}

it('names a file beside the folder, and shortens what a key is cached', async () => {
  expect(withVaultSettings({}, 'file:./data?ranges=4')).toEqual({
    KEY_CACHE_TTL: '1000',
    KEY_CACHE_MARGIN: '500',
    VAULT_KEY: './data.key',
  })
  expect(withVaultSettings({ VAULT_KEY: '' }, 'mongodb://127.0.0.1/x')).toEqual({
    KEY_CACHE_TTL: '1000',
    PAYLOADS: './data/payloads',
    VAULT_KEY: './data.key',
  })
  const given = { VAULT_KEY: '/k', PAYLOADS: 's3://b', KEY_CACHE_TTL: '5' }
  expect(withVaultSettings(given, 'mongodb://127.0.0.1/x')).toEqual(given)
})

it('creates a key file that only its owner may read, once', async () => {
  const { url, environment, keyFile } = await dataFolder()
  expect(await prepareKeyFile(environment, url)).toBe(keyFile)
  expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
  const key = await readFile(keyFile, 'utf8')
  expect(await prepareKeyFile(environment, url)).toBe(keyFile)
  expect(await readFile(keyFile, 'utf8')).toBe(key)
})

it('creates no second key for data that was sealed with one that is missing', async () => {
  const { url, environment, keyFile } = await dataFolder()
  await prepareKeyFile(environment, url)
  const { storage } = await openStorageWithVault(url, readVaultConfig(environment, url, 'x'))
  await storage.close()
  await rm(keyFile)
  await expect(prepareKeyFile(environment, url)).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    setting: 'VAULT_KEY',
    message: expect.stringMatching(/put back the key local:/),
  })
  await expect(stat(keyFile)).rejects.toThrow('ENOENT')
})

it('refuses a file that is not a master key', async () => {
  const { url, environment, keyFile } = await dataFolder()
  await writeFile(keyFile, 'something else', { mode: 0o600 })
  await expect(prepareKeyFile(environment, url)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  expect(await readFile(keyFile, 'utf8')).toBe('something else')
})

it('leaves keys of a service, and several keys, to the processes', async () => {
  const { url } = await dataFolder()
  for (const VAULT_KEY of ['https://v.vault.azure.net/keys/k/1', './one.key,./two.key']) {
    expect(await prepareKeyFile({ VAULT_KEY }, url)).toBeUndefined()
  }
})
