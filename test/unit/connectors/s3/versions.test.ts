import type { S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { s3Payloads } from '../../../../src/connectors/s3/index.ts'

type Version = { readonly Key: string; readonly VersionId: string; readonly isMarker: boolean }
type Command = { readonly constructor: { readonly name: string }; readonly input: Record<string, unknown> }

/** A bucket with versions, as the service documents it, with pages of three: the server of the other tests has none. */
function versionedBucket() {
  let versions: Version[] = []
  let next = 0
  let locked: string | undefined
  const add = (Key: string, isMarker = false) => versions.push({ Key, VersionId: `v${next++}`, isMarker })
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    PutObjectCommand: ({ Key }) => void add(Key as string),
    ListObjectVersionsCommand({ Prefix = '', KeyMarker, VersionIdMarker }) {
      const all = versions
        .filter(({ Key }) => Key.startsWith(Prefix as string))
        .sort((a, b) => (a.Key < b.Key ? -1 : a.Key > b.Key ? 1 : 0))
      const isAfter = ({ Key, VersionId }: Version) =>
        KeyMarker === undefined ||
        Key > (KeyMarker as string) ||
        (Key === KeyMarker && VersionId > (VersionIdMarker as string))
      const rest = all.filter(isAfter)
      const page = rest.slice(0, 3)
      return {
        Versions: page.filter(({ isMarker }) => !isMarker),
        DeleteMarkers: page.filter(({ isMarker }) => isMarker),
        IsTruncated: rest.length > 3,
        NextKeyMarker: page.at(-1)?.Key,
        NextVersionIdMarker: page.at(-1)?.VersionId,
      }
    },
    DeleteObjectsCommand({ Delete }) {
      const { Objects } = Delete as { readonly Objects: readonly { Key: string; VersionId?: string }[] }
      const Errors = Objects.filter(({ Key }) => Key === locked).map(({ Key }) => ({ Key, Code: 'AccessDenied' }))
      for (const { Key, VersionId } of Objects) {
        if (Key === locked) continue
        if (VersionId === undefined) add(Key, true)
        else versions = versions.filter((one) => one.VersionId !== VersionId)
      }
      return { Errors }
    },
  }
  const send = async ({ constructor: { name }, input }: Command) => answers[name]?.(input)
  return {
    client: { send } as unknown as Pick<S3Client, 'send'>,
    removeAsOthersDo: (Key: string) => add(Key, true),
    lock: (Key: string) => {
      locked = Key
    },
    left: () => versions.map(({ Key }) => Key),
  }
}

describe('a bucket that keeps versions', () => {
  it('keeps no version and no delete marker of what was removed', async () => {
    const bucket = versionedBucket()
    const store = s3Payloads(bucket.client, { bucket: 'b' })
    for (const key of ['o/1', 'o/1', 'o/1', 'o/1', 'o/1', 'o/10', 'o/2', 'p/1', 'o/2'])
      await store.put(key, Buffer.of(1))
    bucket.removeAsOthersDo('o/2')
    await store.remove('o/1')
    expect(bucket.left().sort()).toEqual(['o/10', 'o/2', 'o/2', 'o/2', 'p/1'])
    expect(await store.removeAll('o/')).toBe(2)
    expect(bucket.left()).toEqual(['p/1'])
  })

  it('counts an object once whose versions are on several pages', async () => {
    const bucket = versionedBucket()
    const store = s3Payloads(bucket.client, { bucket: 'b' })
    for (const key of ['o/1', 'o/2', 'o/2', 'o/2', 'o/2', 'o/2', 'o/3']) await store.put(key, Buffer.of(1))
    expect(await store.removeAll('o/')).toBe(3)
  })

  it('that refuses to remove a version, for an object lock, makes the removal fail', async () => {
    const bucket = versionedBucket()
    const store = s3Payloads(bucket.client, { bucket: 'b' })
    for (const key of ['o/1', 'o/2']) await store.put(key, Buffer.of(1))
    bucket.lock('o/2')
    await expect(store.removeAll('o/')).rejects.toThrow(
      expect.objectContaining({
        code: 'PayloadStoreFailed',
        message: expect.stringMatching(/1 of 2 versions.*AccessDenied/),
      }),
    )
  })
})
