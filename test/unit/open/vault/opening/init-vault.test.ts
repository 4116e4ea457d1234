import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStorage } from '../../../../../src/open/open-storage.ts'
import { initVault } from '../../../../../src/open/vault/opening/init-vault.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

const init = (url: string, environment: Record<string, string> = {}) => initVault(environment, url, '--storage')

async function newStorage(): Promise<{ readonly data: string; readonly url: string }> {
  const data = join(tempFolder(), 'data')
  await (await openStorage(`file:${data}`)).close()
  return { data, url: `file:${data}` }
}

describe('initVault', () => {
  it('creates the master key beside the folder and the vault, and changes nothing the second time', async () => {
    const { data, url } = await newStorage()
    const first = await init(url)
    const key = readFileSync(`${data}.key`, 'utf8')
    expect(first).toMatchObject({ keyFile: `${data}.key`, createdKey: true, createdVault: true })
    expect(key).toContain(first.masters[0])
    expect(await init(url)).toEqual({ ...first, createdKey: false, createdVault: false })
    expect(readFileSync(`${data}.key`, 'utf8')).toBe(key)
  })

  it('creates the separate storage of the keys, but not the storage itself', async () => {
    const { data, url } = await newStorage()
    const keys = `${data}-keys`
    expect(await init(url, { VAULT_STORAGE: `file:${keys}` })).toMatchObject({ createdVault: true })
    expect(existsSync(join(keys, 'events.db'))).toBe(true)
    await expect(init(`${url}-missing`)).rejects.toMatchObject({ setting: '--storage' })
    expect([existsSync(`${data}-missing`), existsSync(`${data}-missing.key`)]).toEqual([false, false])
  })

  it('creates no second master key for a vault whose key is missing, and names the one that belongs there', async () => {
    const { data, url } = await newStorage()
    const { masters } = await init(url)
    rmSync(`${data}.key`)
    await expect(init(url)).rejects.toThrow(`put back the master key ${masters[0]}`)
    expect(existsSync(`${data}.key`)).toBe(false)
  })

  it('needs VAULT_KEY where the storage is no folder', async () => {
    await expect(init('mongodb://h/d')).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: 'VAULT_KEY' })
  })
})
