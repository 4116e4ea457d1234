import { type ClientSession, type Collection, ObjectId } from 'mongodb'
import type { Json, JsonObject } from '../../core/json.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { kindOf } from './client/errors.ts'
import { readStoredJson, storedJson } from './exact-json.ts'
import type { Handle } from './handle.ts'

/** A view, a lease or a snapshot as it lies in its collection: its own fields, and marks of ours. */
export type StoredRecord = {
  /** The document's id. */
  readonly _id: string
  /** The revision: another one with each save, and never the same again. */
  readonly etag: ObjectId
  /** The whole document but for its id, where the fields beside it cannot say all of it; see `storedJson`. */
  readonly json?: string
  readonly [field: string]: unknown
}

type Identified = { readonly id: string; readonly [field: string]: Json | undefined }

const MARKS: readonly string[] = ['_id', 'etag', 'json'] satisfies readonly (keyof StoredRecord)[]

/** The record of a document, with a revision of its own. */
export function toRecord({ id, ...fields }: Identified): StoredRecord {
  const { value, text } = storedJson(fields)
  const clashes = MARKS.filter((mark) => mark in fields)
  const json = clashes.length === 0 ? text : (text ?? JSON.stringify(fields))
  const own = clashes.length === 0 ? value : without(value, clashes)
  return { _id: id, ...own, etag: new ObjectId(), ...(json !== undefined && { json }) }
}

/** The document of a record with its ETag. @throws StorageCorrupt */
export function toStored<T extends Identified>({ _id, etag, json, ...value }: StoredRecord): Stored<T> {
  const fields = readStoredJson({ value: value as JsonObject, ...(json !== undefined && { text: json }) }, _id)
  return { document: { id: _id, ...fields } as unknown as T, etag: etag.toHexString() }
}

/**
 * Saves a record only if the condition holds. A save whose answer was lost knows its own revision again when it is
 * repeated.
 */
export async function saveRecord(
  handle: Handle,
  collection: Collection<StoredRecord>,
  record: StoredRecord,
  condition: SaveCondition,
): Promise<SaveResult> {
  const saved: SaveResult = { saved: true, etag: record.etag.toHexString() }
  const replaced = condition === 'ifAbsent' ? undefined : revisionOf(condition.ifMatch)
  if (replaced === null) return { saved: false }
  const { _id, etag, ...fields } = record
  let isRepeated = false
  const isSaved = await handle.run(async ({ session }) => {
    const wasAsked = isRepeated
    isRepeated = true
    if (replaced === undefined) {
      if (await insert(collection, record, session)) return true
    } else {
      const { matchedCount } = await collection.replaceOne({ _id, etag: replaced }, { ...fields, etag }, { session })
      if (matchedCount === 1) return true
    }
    return wasAsked && (await collection.findOne({ _id, etag }, { session, projection: { _id: 1 } })) !== null
  })
  if (!isSaved) return { saved: false }
  handle.watch.notify('documents')
  return saved
}

/** The revision of an ETag, or null when it is none of ours. */
export const revisionOf = (etag: string): ObjectId | null =>
  /^[0-9a-f]{24}$/.test(etag) ? ObjectId.createFromHexString(etag) : null

async function insert(
  collection: Collection<StoredRecord>,
  record: StoredRecord,
  session: ClientSession,
): Promise<boolean> {
  try {
    await collection.insertOne(record, { session })
    return true
  } catch (error) {
    if (kindOf(error) === 'duplicate') return false
    throw error
  }
}

const without = (value: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
