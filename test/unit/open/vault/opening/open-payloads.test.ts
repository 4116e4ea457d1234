import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openPayloads } from '../../../../../src/open/vault/opening/open-payloads.ts'
import type { OpenedPayloads } from '../../../../../src/open/vault/opening/opened-payloads.ts'
import { readVaultConfig, type VaultConfig } from '../../../../../src/open/vault/vault-config.ts'
import type { PayloadTraits } from '../../../../../src/privacy/index.ts'
import { isInstalled } from '../../../../../src/process/packages.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'
import { startS3 } from '../../../../support/servers/s3.ts'
import { findServerFolder } from '../../../../support/servers/test-server-folder.ts'

const config = (environment: Record<string, string>) =>
  readVaultConfig({ VAULT_KEY: 'master.key', ...environment }, 'mongodb://h/d', 'TIDEMARK_STORAGE') as VaultConfig

async function open(environment: Record<string, string>) {
  const opened: OpenedPayloads[] = []
  const rules = (await openPayloads(config(environment), (one) => opened.push(one))) ?? []
  const traits: PayloadTraits = { category: 'member', type: 'Registered', field: 'scan', personal: false, bytes: 1 }
  return {
    rules,
    opened,
    storeOf: (personal: boolean) => rules.find(({ when }) => when?.({ ...traits, personal }) ?? true)?.store,
  }
}

const s3Folder = findServerFolder('s3', 'THE TEST OF PAYLOADS=s3:')

describe('openPayloads', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('opens nothing where no place is configured', async () => {
    expect(await open({})).toMatchObject({ rules: [], opened: [] })
  })

  it('stores all payloads in one folder, under the names that events keep', async () => {
    const folder = tempFolder()
    const { rules, opened, storeOf } = await open({ PAYLOADS: folder })
    expect(rules.map(({ name }) => name)).toEqual(['personal', 'other'])
    expect(storeOf(true)).toBe(storeOf(false))
    expect(storeOf(true)?.name).toBe(folder)
    expect(opened).toHaveLength(1)
  })

  it('stores personal payloads in a place of their own', async () => {
    const folder = tempFolder()
    const environment = { PAYLOADS: join(folder, 'all'), PAYLOADS_PERSONAL: join(folder, 'gdpr') }
    const { storeOf } = await open(environment)
    expect([storeOf(true)?.name, storeOf(false)?.name]).toEqual([environment.PAYLOADS_PERSONAL, environment.PAYLOADS])
  })

  it('takes personal payloads only, where no other place is configured', async () => {
    const { rules, storeOf } = await open({ PAYLOADS_PERSONAL: tempFolder() })
    expect(rules).toHaveLength(1)
    expect(storeOf(false)).toBeUndefined()
  })

  it.skipIf(s3Folder === undefined)('stores payloads in a service that speaks the protocol of S3', async () => {
    await using s3 = await startS3(s3Folder ?? '')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'S3RVER')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'S3RVER')
    const endpoint = `http://127.0.0.1:${s3.proxy.port}`
    const payloads = `s3://${s3.bucket}/scans?region=us-east-1&endpoint=${endpoint}`
    const { storeOf, opened } = await open({ PAYLOADS: payloads })
    await storeOf(true)?.put('a/b/c/d', Buffer.from('sealed'))
    expect(Buffer.from((await storeOf(true)?.get('a/b/c/d')) ?? []).toString()).toBe('sealed')
    expect(s3.proxy.requests).toContainEqual(expect.stringContaining(`/${s3.bucket}/scans/a/b/c/d`))
    for (const { close } of opened) await close()
  })

  it('refuses S3 without a region', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) vi.stubEnv(name, '')
    vi.stubEnv('AWS_CONFIG_FILE', join(tempFolder(), 'none'))
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(tempFolder(), 'none'))
    await expect(open({ PAYLOADS: 's3://acme' })).rejects.toMatchObject({
      setting: 'PAYLOADS',
      message: expect.stringContaining('AWS_REGION'),
    })
  })

  it.skipIf(isInstalled('@azure/storage-blob'))('says what to install for Azure Blob Storage', async () => {
    await expect(open({ PAYLOADS: 'azblob://acme/scans' })).rejects.toThrow(
      'PAYLOADS: needs a package that is not installed: npm install @azure/storage-blob',
    )
  })
})
