import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BlobClientLike, BlobContainer } from '../../../../src/connectors/azure-blob/blob-container.ts'
import { blobPayloads } from '../../../../src/connectors/azure-blob/index.ts'
import { payloadStoreCases } from '../../../support/payloads/store-cases.ts'
import { startAzurite, type TestBlobs } from '../../../support/servers/azurite.ts'
import { findServerFolder } from '../../../support/servers/test-server-folder.ts'

type Snapshots = { createSnapshot(): Promise<unknown> }

const packages = findServerFolder('azure-blob', 'THE AZURE BLOB TESTS')

payloadStoreCases(
  'Azure Blob Storage',
  async () => {
    const blobs = await startAzurite(packages ?? '')
    return {
      store: blobPayloads(await blobs.container('payloads')),
      [Symbol.asyncDispose]: () => blobs[Symbol.asyncDispose](),
    }
  },
  { skip: packages === undefined },
)

describe.skipIf(packages === undefined)('payloads in Azure Blob Storage', () => {
  let blobs: TestBlobs
  beforeAll(async () => {
    blobs = await startAzurite(packages ?? '')
  }, 60_000)
  afterAll(() => blobs?.[Symbol.asyncDispose]())

  it('are not lost because the container is missing', async () => {
    const store = blobPayloads(blobs.missing())
    const failure = expect.objectContaining({
      code: 'PayloadStoreFailed',
      store: 'azblob://missing',
      message: expect.stringContaining('ContainerNotFound, status 404'),
    })
    await expect(store.get('o/s/e/f')).rejects.toThrow(failure)
    await expect(store.put('o/s/e/f', Buffer.from('x'))).rejects.toThrow(failure)
    await expect(store.removeAll('o/')).rejects.toThrow(failure)
  })

  it('are removed together with the snapshots of their blobs', async () => {
    const container = await blobs.container('snapshots')
    const withSnapshots = () => Array.fromAsync(container.listBlobsFlat({ includeSnapshots: true } as object))
    const store = blobPayloads(container)
    await store.put('o/s/e/f', Buffer.from('old'))
    await (container.getBlobClient('o/s/e/f') as BlobClientLike & Snapshots).createSnapshot()
    await store.put('o/s/e/f', Buffer.from('new'))
    expect(await withSnapshots()).toHaveLength(2)
    expect(await store.removeAll('o/')).toBe(1)
    expect(await withSnapshots()).toEqual([])
  })
})

/** An account that keeps versions, as the service documents it: the emulator keeps none. */
function versionedContainer(): BlobContainer & { readonly left: () => string[] } {
  type Version = { readonly name: string; readonly versionId: string; isCurrentVersion: boolean }
  let versions: Version[] = []
  let next = 0
  const refused = (code: string) => Object.assign(new Error(code), { code, statusCode: 404 })
  const clientOf = (name: string, versionId?: string): BlobClientLike => ({
    download: () => Promise.reject(refused('BlobNotFound')),
    async delete() {
      const found = versions.find(
        (one) => one.name === name && (versionId ? one.versionId === versionId : one.isCurrentVersion),
      )
      if (found === undefined) throw refused('BlobNotFound')
      // Removing a blob makes its content a version; the current one cannot be removed by its version.
      if (versionId === undefined) found.isCurrentVersion = false
      else if (found.isCurrentVersion) throw refused('OperationNotAllowedOnRootBlob')
      else versions = versions.filter((one) => one !== found)
    },
    withVersion: (version) => clientOf(name, version),
  })
  return {
    containerName: 'versioned',
    getBlobClient: (name) => clientOf(name),
    getBlockBlobClient: (name) => ({
      async uploadData() {
        for (const one of versions) if (one.name === name) one.isCurrentVersion = false
        versions.push({ name, versionId: `v${next++}`, isCurrentVersion: true })
      },
    }),
    async *listBlobsFlat({ prefix = '', includeVersions = false } = {}) {
      for (const one of [...versions])
        if (one.name.startsWith(prefix) && (includeVersions || one.isCurrentVersion))
          yield { ...one, properties: { lastModified: new Date() } }
    },
    left: () => versions.map(({ name }) => name),
  }
}

describe('a container that keeps versions', () => {
  it('keeps none of what was removed', async () => {
    const container = versionedContainer()
    const store = blobPayloads(container)
    for (const key of ['o/1', 'o/1', 'o/10', 'o/2', 'p/1', 'o/2', 'o/2']) await store.put(key, Buffer.from('x'))
    await store.remove('o/1')
    expect(container.left().sort()).toEqual(['o/10', 'o/2', 'o/2', 'o/2', 'p/1'])
    expect(await store.removeAll('o/')).toBe(2)
    expect(container.left()).toEqual(['p/1'])
  })

  it('is rid of versions whose blob was removed by an attempt that was interrupted', async () => {
    const container = versionedContainer()
    const store = blobPayloads(container)
    await store.put('o/1', Buffer.from('x'))
    await container.getBlobClient('o/1').delete()
    expect(container.left()).toEqual(['o/1'])
    await store.removeAll('o/')
    expect(container.left()).toEqual([])
  })
})
