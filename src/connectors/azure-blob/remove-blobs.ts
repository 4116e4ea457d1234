import { concurrently } from '../../core/async/concurrently.ts'
import type { BlobClientLike, BlobContainer } from './blob-container.ts'
import { isCode } from './failures.ts'

// Requests at once. The service's batch of deletions is authorised differently, and does not delete versions.
const AT_ONCE = 8
// How many blobs are collected before they are removed.
const BATCH = 1_000

/**
 * Removes blobs with their snapshots, then their versions: where the account keeps versions, removing a blob turns its
 * content into one. An immutability policy makes it fail.
 *
 * @param only the one blob that is meant, although the names of others may begin with the prefix
 * @returns how many blobs were removed, not counting their versions
 */
export async function removeBlobs(container: BlobContainer, prefix: string, only?: string): Promise<number> {
  const start = prefix === '' ? {} : { prefix }
  let removed = 0
  let batch: BlobClientLike[] = []
  for await (const { name } of container.listBlobsFlat(start)) {
    if (only !== undefined && name !== only) continue
    removed++
    batch.push(container.getBlobClient(name))
    if (batch.length === BATCH) await removeEach(batch.splice(0))
  }
  await removeEach(batch.splice(0))
  batch = []
  for await (const { name, versionId, isCurrentVersion } of container.listBlobsFlat({
    ...start,
    includeVersions: true,
  })) {
    // One that was written meanwhile is current, and not meant; it cannot be removed by its version either.
    if (versionId === undefined || isCurrentVersion === true || (only !== undefined && name !== only)) continue
    batch.push(container.getBlobClient(name).withVersion(versionId))
    if (batch.length === BATCH) await removeEach(batch.splice(0), {})
  }
  await removeEach(batch, {})
  return removed
}

async function removeEach(
  blobs: readonly BlobClientLike[],
  options: { deleteSnapshots?: 'include' } = { deleteSnapshots: 'include' },
): Promise<void> {
  await concurrently(AT_ONCE, blobs, async (blob) => {
    await blob.delete(options).catch((error: unknown) => {
      // Another process was faster.
      if (!isCode(error, 'BlobNotFound')) throw error
    })
    return undefined
  })
}
