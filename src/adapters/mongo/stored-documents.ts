import type { Collection } from 'mongodb'
import type { SaveCondition, SaveResult } from '../../core/port/save.ts'
import { kindOf } from './client/errors.ts'
import type { Attempt } from './client/run.ts'
import { revisionOf, type StoredRecord } from './client/stored-record.ts'
import type { Handle } from './handle.ts'

/**
 * Saves a record only if the condition holds. A save whose response was lost recognises its own revision when it is
 * retried.
 *
 * @param mostTime the time limit on the server in milliseconds, if it is to be less than the default
 */
export async function saveRecord(
  handle: Handle,
  collection: Collection<StoredRecord>,
  record: StoredRecord,
  condition: SaveCondition,
  mostTime = Number.POSITIVE_INFINITY,
): Promise<SaveResult> {
  const saved: SaveResult = { saved: true, etag: record.etag.toHexString() }
  const replaced = condition === 'ifAbsent' ? undefined : revisionOf(condition.ifMatch)
  if (replaced === null) return { saved: false }
  const { _id, etag, ...fields } = record
  let isRepeated = false
  const isSaved = await handle.run(async ({ session, maxTimeMS }) => {
    const attempt = { session, maxTimeMS: Math.min(maxTimeMS, mostTime) }
    const wasAsked = isRepeated
    isRepeated = true
    if (replaced === undefined) {
      if (await insert(collection, record, attempt)) return true
    } else {
      const { matchedCount } = await collection.replaceOne({ _id, etag: replaced }, { ...fields, etag }, { ...attempt })
      if (matchedCount === 1) return true
    }
    return wasAsked && (await collection.findOne({ _id, etag }, { ...attempt, projection: { _id: 1 } })) !== null
  })
  if (!isSaved) return { saved: false }
  handle.watch.notify('documents')
  return saved
}

/**
 * Removes a record if it still has its ETag; returns whether this removed it. After a lost response, the record's
 * absence is most likely the effect of this call.
 */
export async function removeRecord(
  handle: Handle,
  collection: Collection<StoredRecord>,
  id: string,
  etag: string,
): Promise<boolean> {
  const revision = revisionOf(etag)
  if (revision === null) return false
  let isRepeated = false
  const isRemoved = await handle.run(async (attempt) => {
    const wasAsked = isRepeated
    isRepeated = true
    const { deletedCount } = await collection.deleteOne({ _id: id, etag: revision }, { ...attempt })
    if (deletedCount === 1) return true
    return wasAsked && (await collection.findOne({ _id: id }, { ...attempt, projection: { _id: 1 } })) === null
  })
  if (isRemoved) handle.watch.notify('documents')
  return isRemoved
}

async function insert(collection: Collection<StoredRecord>, record: StoredRecord, attempt: Attempt): Promise<boolean> {
  try {
    await collection.insertOne(record, { ...attempt })
    return true
  } catch (error) {
    if (kindOf(error) === 'duplicate') return false
    throw error
  }
}
