import { StorageCorrupt, StorageNotSetUp, StorageTooNew, StorageUnavailable } from '../../../core/errors/storage.ts'
import { batch } from '../client/batch.ts'
import { AnswerLost, refusalOf } from '../client/failures/errors.ts'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation } from '../client/operation.ts'

/** The document of the leases container that says what the whole storage agrees on. */
export type StorageDocument = {
  readonly id: typeof STORAGE_ID
  readonly schemaVersion: number
  /** A UUID, drawn when the storage was set up. */
  readonly seed: string
  /** Somebody may append by transactional batch, so that erasure must keep the ids taken. */
  readonly batchAppends?: boolean
  /** Which generation of the indexes was seen built; absent where none was. */
  readonly indexes?: number
  /** Hashes at which feed ranges were cut, in ascending order. */
  readonly cuts: readonly string[]
}

export const STORAGE_ID = '$storage'

/** The version of the stored shapes that this code writes and knows. */
export const SCHEMA_VERSION = 1

/** The generation of indexes that this code's queries need. */
export const INDEXES = 2

/** Reads the storage's document as it is now, whatever the session has seen. @throws StorageNotSetUp, StorageTooNew */
export async function readStorageDocument(operation: Operation, leases: OpenContainer): Promise<StorageDocument> {
  return (await readWithEtag(operation, leases)).document
}

/**
 * Changes the storage's document, under its ETag, until nobody comes in between.
 *
 * @param change gives the new document, or the same one when nothing is to be changed
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
      // Somebody was first, or nobody knows: the next look tells.
      if (refusalOf(error) !== 412 && !(error instanceof AnswerLost)) throw error
    }
  }
}

/** Notes that somebody appends by transactional batch, before the first such append. */
export const noteBatchAppends = (operation: Operation, leases: OpenContainer): Promise<StorageDocument> =>
  changeStorageDocument(operation, leases, (document) =>
    document.batchAppends ? document : { ...document, batchAppends: true },
  )

// A read within a batch is answered by the primary replica, where a point read may be as old as its session allows.
async function readWithEtag(operation: Operation, leases: OpenContainer) {
  try {
    const target = { ...leases, kind: 'read' } as const
    const { results } = await batch(operation, target, STORAGE_ID, [{ operationType: 'Read', id: STORAGE_ID }])
    const read = results[0]
    return { document: checked(read?.resourceBody), etag: String(read?.eTag ?? read?.resourceBody?._etag) }
  } catch (error) {
    if (refusalOf(error) !== 404) throw error
    throw new StorageNotSetUp(`Container ${leases.container.id} holds no storage`, { cause: error })
  }
}

function checked(body: unknown): StorageDocument {
  if (typeof body !== 'object' || body === null) throw new StorageUnavailable('A read was answered without a document')
  const { schemaVersion, seed, cuts } = body as Partial<StorageDocument>
  if (typeof schemaVersion !== 'number' || typeof seed !== 'string' || !Array.isArray(cuts)) {
    throw new StorageCorrupt(`The document ${STORAGE_ID} is damaged`)
  }
  if (schemaVersion > SCHEMA_VERSION) throw new StorageTooNew('The database', schemaVersion, SCHEMA_VERSION)
  return body as StorageDocument
}
