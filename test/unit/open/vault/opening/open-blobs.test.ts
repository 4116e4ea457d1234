import { createRequire } from 'node:module'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openBlobs, type Sdk } from '../../../../../src/open/vault/opening/open-blobs.ts'
import { startAzurite } from '../../../../support/servers/azurite.ts'
import { findServerFolder } from '../../../../support/servers/test-server-folder.ts'

const folder = findServerFolder('azure-blob', 'THE TEST OF PAYLOADS=azblob:')
const load = async () => createRequire(`${folder}package.json`)('@azure/storage-blob') as Sdk
const scans = { kind: 'azure-blob', account: 'tests', container: 'scans' } as const

describe.skipIf(folder === undefined)('openBlobs', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('stores payloads in a container, signed in by a connection string', async () => {
    await using blobs = await startAzurite(folder ?? '')
    await blobs.container('scans')
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', blobs.connectionString)
    const { store } = await openBlobs(scans, 'PAYLOADS', load)
    await store.put('a/b/c/d', Buffer.from('sealed'))
    expect(Buffer.from((await store.get('a/b/c/d')) ?? []).toString()).toBe('sealed')
    const other = openBlobs({ ...scans, account: 'other' }, 'PAYLOADS', load)
    await expect(other).rejects.toMatchObject({ setting: 'AZURE_STORAGE_CONNECTION_STRING' })
  })

  it('never repeats the key in a connection string', async () => {
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', 'AccountKey=hunter2')
    const opening = openBlobs(scans, 'PAYLOADS', load)
    await expect(opening).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    await expect(opening).rejects.toThrow(/^(?!.*hunter2)/)
  })

  it('signs in through Entra ID without a connection string', async () => {
    vi.stubEnv('AZURE_STORAGE_CONNECTION_STRING', '')
    expect((await openBlobs(scans, 'PAYLOADS', load)).store.name).toBe('azblob://scans')
  })
})
