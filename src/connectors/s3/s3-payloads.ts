import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import type { PayloadStore } from '../../privacy/payloads/payload-store.ts'
import { isCode, toFailure } from './failures.ts'
import { removeVersions } from './remove-versions.ts'

/** Where payloads are in S3. */
export type S3PayloadOptions = {
  readonly bucket: string
  /** Begins every key, such as `payloads/`; by default nothing does. */
  readonly prefix?: string
}

/**
 * A payload store in a bucket of S3. `remove` and `removeAll` remove all versions of an object and its delete markers,
 * where the bucket keeps them. Credentials need GetObject, PutObject, ListBucket, ListBucketVersions, DeleteObject and
 * DeleteObjectVersion; without ListBucket, S3 refuses a read of a missing object instead of saying that it is missing.
 *
 * @param client `S3Client` of `@aws-sdk/client-s3`; it remains the caller's. For services that do not know the SDK's
 *   checksums, create it with `requestChecksumCalculation: 'WHEN_REQUIRED'` and `responseChecksumValidation:
 *   'WHEN_REQUIRED'`; every object is verified by its hash in any case
 */
export function s3Payloads(client: Pick<S3Client, 'send'>, { bucket, prefix = '' }: S3PayloadOptions): PayloadStore {
  const name = `s3://${bucket}/${prefix}`
  const Bucket = bucket
  return {
    name,
    async put(key, bytes, signal) {
      const command = new PutObjectCommand({ Bucket, Key: prefix + key, Body: bytes, ContentLength: bytes.byteLength })
      try {
        await client.send(command, signal ? { abortSignal: signal } : {})
      } catch (error) {
        throw toFailure(name, 'put', error)
      }
    },
    async get(key, signal) {
      try {
        const command = new GetObjectCommand({ Bucket, Key: prefix + key })
        const { Body } = await client.send(command, signal ? { abortSignal: signal } : {})
        if (Body === undefined) throw new PayloadStoreFailed(name, 'get: a response without a body')
        return await Body.transformToByteArray()
      } catch (error) {
        // Not any 404: a bucket that is missing is no reason to take its objects for lost.
        if (isCode(error, 'NoSuchKey')) return undefined
        throw toFailure(name, 'get', error)
      }
    },
    async remove(key) {
      try {
        await removeVersions(client, { name, bucket, prefix: prefix + key, only: prefix + key })
      } catch (error) {
        throw toFailure(name, 'remove', error)
      }
    },
    async removeAll(start) {
      try {
        return await removeVersions(client, { name, bucket, prefix: prefix + start })
      } catch (error) {
        throw toFailure(name, 'removeAll', error)
      }
    },
    async *list(start = '') {
      let ContinuationToken: string | undefined
      do {
        const command = new ListObjectsV2Command({ Bucket, Prefix: prefix + start, ContinuationToken })
        const page = await client.send(command).catch((error: unknown) => {
          throw toFailure(name, 'list', error)
        })
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          if (Key === undefined || LastModified === undefined) continue
          yield { key: Key.slice(prefix.length), bytes: Size ?? 0, modified: LastModified }
        }
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
      } while (ContinuationToken !== undefined)
    },
  }
}
