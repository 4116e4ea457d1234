import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import type { PayloadStore } from '../../privacy/payloads/payload-store.ts'
import type { BlobContainer } from './blob-container.ts'
import { isCode, toFailure } from './failures.ts'
import { removeBlobs } from './remove-blobs.ts'

/**
 * A payload store in a container of Azure Blob Storage. `remove` and `removeAll` remove blobs with their snapshots and
 * versions. Where the account has soft delete, the service keeps what was removed, sealed if it is personal, for the
 * time that is set there: turn soft delete off for the container's account, or keep its time short.
 *
 * @param container `ContainerClient` of `@azure/storage-blob`; the container must exist. It remains the caller's
 */
export function blobPayloads(container: BlobContainer): PayloadStore {
  const name = `azblob://${container.containerName}`
  return {
    name,
    async put(key, bytes, signal) {
      try {
        // Copied only if it is a view of shared memory, which the SDK does not take.
        const data = isUnshared(bytes) ? bytes : new Uint8Array(bytes)
        await container.getBlockBlobClient(key).uploadData(data, signal ? { abortSignal: signal } : {})
      } catch (error) {
        throw toFailure(name, 'put', error)
      }
    },
    async get(key, signal) {
      try {
        const options = signal ? { abortSignal: signal } : {}
        const { readableStreamBody } = await container.getBlobClient(key).download(0, undefined, options)
        if (readableStreamBody === undefined) throw new PayloadStoreFailed(name, 'get: a response without a body')
        return await collect(readableStreamBody)
      } catch (error) {
        // Not any 404: a container that is missing is no reason to take its blobs for lost.
        if (isCode(error, 'BlobNotFound')) return undefined
        throw toFailure(name, 'get', error)
      }
    },
    async remove(key) {
      try {
        await removeBlobs(container, key, key)
      } catch (error) {
        throw toFailure(name, 'remove', error)
      }
    },
    async removeAll(prefix) {
      try {
        return await removeBlobs(container, prefix)
      } catch (error) {
        throw toFailure(name, 'removeAll', error)
      }
    },
    async *list(prefix = '') {
      try {
        for await (const { name: key, properties } of container.listBlobsFlat(prefix === '' ? {} : { prefix }))
          yield { key, bytes: properties.contentLength ?? 0, modified: properties.lastModified }
      } catch (error) {
        throw toFailure(name, 'list', error)
      }
    },
  }
}

const isUnshared = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> => bytes.buffer instanceof ArrayBuffer

async function collect(stream: AsyncIterable<unknown>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks)
}
