import { ObjectId, type Timestamp } from 'mongodb'
import type { Json, JsonObject } from '../../../core/json/json.ts'
import type { Stored } from '../../../core/port/save.ts'
import { readStoredJson, storedJson } from './exact-json.ts'

/** A view, a lease or a snapshot as it is stored in its collection: its own fields, and ours. */
export type StoredRecord = {
  /** The document's id. */
  readonly _id: string
  /** The revision: a different one with each save, and never reused. */
  readonly etag: ObjectId
  /** The whole document except its id, if the fields beside it cannot represent all of it; see `storedJson`. */
  readonly json?: string
  /** The cluster time when it was saved, if it is looked up by that. */
  readonly changed?: Timestamp
  readonly [field: string]: unknown
}

type Identified = { readonly id: string; readonly [field: string]: Json | undefined }

const MARKS: readonly string[] = ['_id', 'etag', 'json', 'changed'] satisfies readonly (keyof StoredRecord)[]

/** The record of a document, with its own revision. */
export function toRecord({ id, ...fields }: Identified): StoredRecord {
  const { value, text } = storedJson(fields)
  const clashes = MARKS.filter((mark) => mark in fields)
  const json = clashes.length === 0 ? text : (text ?? JSON.stringify(fields))
  const own = clashes.length === 0 ? value : without(value, clashes)
  return { _id: id, ...own, etag: new ObjectId(), ...(json !== undefined && { json }) }
}

/** The document of a record with its ETag. @throws StorageCorrupt */
export function toStored<T extends Identified>({ _id, etag, json, changed, ...value }: StoredRecord): Stored<T> {
  const fields = readStoredJson({ value: value as JsonObject, ...(json !== undefined && { text: json }) }, _id)
  return { document: { id: _id, ...fields } as unknown as T, etag: etag.toHexString() }
}

/** The revision of an ETag, or null if it is not ours. */
export const revisionOf = (etag: string): ObjectId | null =>
  /^[0-9a-f]{24}$/.test(etag) ? ObjectId.createFromHexString(etag) : null

const without = (value: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
