import { ignoreRejection, isThenable } from '../core/async/callbacks.ts'
import { InvalidDefinition, InvalidQuery, InvalidViewKey } from '../core/errors/input.ts'
import { deepFreeze } from '../core/json/deep-freeze.ts'
import type { JsonObject } from '../core/json/json.ts'
import type { Stored } from '../core/port/save.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import { mergedKeyFault, partKey, partKeys, sameSlices, type ViewSlices } from '../core/positions/view-slices.ts'
import { assertViewKey } from '../core/view-key.ts'
import type { ProjectionRef } from './projection-ref.ts'
import type { VersionRecord } from './version-record.ts'

/**
 * Where the views of a projection are stored: the version that readers see, and the slices if its views are stored in
 * parts.
 */
export type ViewPlace = { readonly version: number; readonly slices?: ViewSlices | undefined }

/** Where the views are according to the record of a projection's versions; without one, according to its code. */
export function placeIn(record: VersionRecord | undefined, projection: { readonly version: number }): ViewPlace {
  const version = record?.active ?? projection.version
  return { version, slices: record?.versions[version]?.slices }
}

/** Whether views are stored in the same place. */
export const samePlace = (a: ViewPlace, b: ViewPlace): boolean =>
  a.version === b.version && sameSlices(a.slices, b.slices)

/** The keys of all documents that make up a view. */
export const documentKeys = (key: string, { slices }: ViewPlace): readonly string[] =>
  slices ? partKeys(key, slices) : [key]

/** The key of the document that events of a stream with this hash are folded into. */
export const documentKeyAt = (key: string, { slices }: ViewPlace, hash: string): string =>
  slices ? partKey(key, slices, hash) : key

/** @throws InvalidViewKey if no view of the projection can have this key */
export function assertKeyOf({ merge }: ProjectionRef, key: string): void {
  assertViewKey(key)
  const fault = merge && mergedKeyFault(key)
  if (fault !== undefined) throw new InvalidViewKey(key, fault)
}

/**
 * The data of a view, merged from all documents that make it up; null if all of them are absent or deleted.
 *
 * @throws InvalidQuery if the view is stored in parts and the reader's definition lacks `merge`; InvalidDefinition if
 *   `merge` returns a promise, and what it throws
 */
export function viewOf(
  projection: ProjectionRef,
  { slices }: ViewPlace,
  documents: readonly (Stored<ViewDocument> | undefined)[],
): JsonObject | null {
  const { name, merge } = projection
  if (slices === undefined) return documents[0]?.document.data ?? null
  if (merge === undefined) {
    throw new InvalidQuery(`The views of ${name} are stored in parts: read them with a definition that has merge`)
  }
  let merged: unknown = null
  for (const stored of documents) {
    const data = stored?.document.data
    if (!data) continue
    merged = merged === null ? data : merge(deepFreeze(merged), deepFreeze(data))
    if (isThenable(merged)) {
      ignoreRejection(merged)
      throw new InvalidDefinition(`Projection ${name}: merge returned a promise, but must be synchronous`)
    }
  }
  return merged as JsonObject | null
}

/** @throws InvalidQuery when views are, or may be, stored in parts */
export function assertQueryable({ name, merge }: ProjectionRef, slices: ViewSlices | undefined): void {
  if (merge === undefined && slices === undefined) return
  throw new InvalidQuery(
    `The views of ${name} are stored in parts and merged when they are read: read them by their keys`,
  )
}
