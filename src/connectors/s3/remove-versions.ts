import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3'
import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import { isCode } from './failures.ts'

/** What is removed. */
export type Removal = {
  /** The store, for messages. */
  readonly name: string
  readonly bucket: string
  readonly prefix: string
  /** Only the object of this key, although others may begin with the prefix. */
  readonly only?: string
}

// What services say that know nothing of versions.
const WITHOUT_VERSIONS = ['NotImplemented', 'MethodNotAllowed']

type Found = { readonly identifiers: readonly ObjectIdentifier[]; readonly next: Marker | undefined }

type Marker = { readonly key: string | undefined; readonly version?: string | undefined }

/**
 * Removes objects with all their versions and delete markers, page by page. A service that has no versions at all
 * refuses to list them; then the objects are removed.
 *
 * @returns how many objects were removed, not counting their older versions
 */
export async function removeVersions(client: Pick<S3Client, 'send'>, removal: Removal): Promise<number> {
  let find = findVersions
  let [removed, last]: [number, string | undefined] = [0, undefined]
  let after: Marker | undefined
  do {
    const found = await find(client, removal, after).catch((error: unknown) => {
      if (find === findObjects || !WITHOUT_VERSIONS.some((code) => isCode(error, code))) throw error
      find = findObjects
      return findObjects(client, removal)
    })
    if (found.identifiers.length > 0) await removeBatch(client, removal, found.identifiers)
    for (const key of new Set(found.identifiers.map(({ Key }) => Key))) if (key !== last) removed++
    last = found.identifiers.at(-1)?.Key ?? last
    after = found.next
  } while (after !== undefined)
  return removed
}

async function findVersions(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix, only }: Removal,
  after?: Marker,
): Promise<Found> {
  const from = { KeyMarker: after?.key, VersionIdMarker: after?.version }
  const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...from }))
  const entries = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
  const identifiers = entries.flatMap(({ Key, VersionId }) =>
    Key === undefined || (only !== undefined && Key !== only) ? [] : [{ Key, ...(VersionId && { VersionId }) }],
  )
  // Both lists are in the order of the keys, and what follows a page continues with its last key or a later one.
  identifiers.sort((a, b) => (a.Key < b.Key ? -1 : a.Key > b.Key ? 1 : 0))
  const hasMore = page.IsTruncated === true && (only === undefined || identifiers.length > 0)
  return { identifiers, next: hasMore ? { key: page.NextKeyMarker, version: page.NextVersionIdMarker } : undefined }
}

async function findObjects(
  client: Pick<S3Client, 'send'>,
  { bucket, prefix, only }: Removal,
  after?: Marker,
): Promise<Found> {
  const from = { ContinuationToken: after?.key }
  const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from }))
  const identifiers = (page.Contents ?? []).flatMap(({ Key }) =>
    Key === undefined || (only !== undefined && Key !== only) ? [] : [{ Key }],
  )
  const hasMore = page.IsTruncated === true && (only === undefined || identifiers.length > 0)
  return { identifiers, next: hasMore ? { key: page.NextContinuationToken } : undefined }
}

async function removeBatch(
  client: Pick<S3Client, 'send'>,
  { name, bucket }: Removal,
  identifiers: readonly ObjectIdentifier[],
): Promise<void> {
  const Delete = { Objects: [...identifiers], Quiet: true }
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }))
  const [first] = Errors
  if (first === undefined) return
  throw new PayloadStoreFailed(
    name,
    `${Errors.length} of ${identifiers.length} versions could not be removed: ${first.Code}. ` +
      'A retention period or an object lock keeps them; they hold sealed bytes only if they are personal',
  )
}
