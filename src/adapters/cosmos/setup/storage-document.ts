import { StorageCorrupt, StorageNotSetUp, StorageTooNew, StorageUnavailable } from '../../../core/errors/storage.ts'
import { batch } from '../client/batch.ts'
import { AnswerLost, refusalOf } from '../client/failures/errors.ts'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation } from '../client/operation.ts'

/** The document of the leases container with the properties of the whole storage. */
export type StorageDocument = {
  readonly id: typeof STORAGE_ID
  readonly schemaVersion: number
  /** A UUID, generated when the storage was set up. */
  readonly seed: string
  /** A process may append by transactional batch, so erasure must keep the ids taken. */
  readonly batchAppends?: boolean
  /** Which generation of the indexes was seen complete; absent if none was. */
  readonly indexes?: number
  /** Hashes at which feed ranges were split, in ascending order. */
  readonly cuts: readonly string[]
}

export const STORAGE_ID = '$storage'

/** The version of the stored shapes that this code writes and knows. */
export const SCHEMA_VERSION = 1

/** The generation of indexes that this code's queries need. */
export const INDEXES = 2

/** Reads the current document of the storage, whatever the session has seen. @throws StorageNotSetUp, StorageTooNew */
export async function readStorageDocument(operation: Operation, leases: OpenContainer): Promise<StorageDocument> {
  return (await readWithEtag(operation, leases)).document
}

/**
 * Changes the storage's document, under its ETag, and retries until no other process is first.
 *
 * @param change returns the new document, or the same one if nothing is to be changed
 */
export async function changeStorageDocument(
  operation: Operation,
  leases: OpenContainer,
  change: (document: StorageDocument) => StorageDocument,
): Promise<StorageDocument> {
  for (;;) {
    const { document, etag } = await readWithEtag(operation, leases)
    const changed = change(document)
    if (changed === document) return document
    try {
      await operation.request({
        in: leases,
        at: { key: STORAGE_ID },
        kind: 'write',
        send: (options) =>
          leases.container.item(STORAGE_ID, STORAGE_ID).replace(changed, {
            ...options,
            accessCondition: { type: 'IfMatch', condition: etag },
          }),
      })
      return changed
    } catch (error) {
      // Another process was first, or the outcome is unknown: the next read shows it.
      if (refusalOf(error) !== 412 && !(error instanceof AnswerLost)) throw error
    }
  }
}

/** Records that a process appends by transactional batch, before the first such append. */
export const noteBatchAppends = (operation: Operation, leases: OpenContainer): Promise<StorageDocument> =>
  changeStorageDocument(operation, leases, (document) =>
    document.batchAppends ? document : { ...document, batchAppends: true },
  )

// A read within a batch is executed by the primary replica, whereas a point read may be as old as its session allows.
async function readWithEtag(operation: Operation, leases: OpenContainer) {
  try {
    const target = { ...leases, kind: 'read' } as const
    const { results } = await batch(operation, target, STORAGE_ID, [{ operationType: 'Read', id: STORAGE_ID }])
    const read = results[0]
    return { document: checked(read?.resourceBody), etag: String(read?.eTag ?? read?.resourceBody?._etag) }
  } catch (error) {
    if (refusalOf(error) !== 404) throw error
    throw new StorageNotSetUp(`Container ${leases.container.id} contains no storage`, { cause: error })
  }
}

function checked(body: unknown): StorageDocument {
  if (typeof body !== 'object' || body === null) throw new StorageUnavailable('The response to a read had no document')
  const { schemaVersion, seed, cuts } = body as Partial<StorageDocument>
  if (typeof schemaVersion !== 'number' || typeof seed !== 'string' || !Array.isArray(cuts)) {
    throw new StorageCorrupt(`The document ${STORAGE_ID} is damaged`)
  }
  if (schemaVersion > SCHEMA_VERSION) throw new StorageTooNew('The database', schemaVersion, SCHEMA_VERSION)
  return body as StorageDocument
}
