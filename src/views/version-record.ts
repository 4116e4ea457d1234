import type { JsonObject } from '../core/json/json.ts'
import type { SaveCondition, SaveResult, Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import {
  isReservedProjection,
  type ViewDocument,
  type ViewRef,
  type ViewStore,
  viewId,
} from '../core/port/view-store.ts'
import type { ViewSlices } from '../core/positions/view-slices.ts'

/**
 * The reserved projection under which the versions of each projection are recorded: one document for each projection,
 * with its name as key and a {@link VersionRecord} as data. No projection can take this name.
 */
export const VERSIONS = '$versions'

/** The source text of a projection's handlers, as a hash, and when a worker first ran it: ISO 8601 in UTC. */
export type HandlerText = { readonly hash: string; readonly since: string }

/** What is recorded about one version of a projection. */
export type VersionEntry = {
  /** When a worker first ran it: ISO 8601 in UTC. */
  readonly since: string
  /** The source texts that its handlers had, in order; more than one calls for a new version. */
  readonly texts: readonly HandlerText[]
  /** The slices that its views are stored by, if they are stored in parts; fixed when the entry is created. */
  readonly slices?: ViewSlices
  /** It was rolled back from by command (a standby version): only a command makes it active again. */
  readonly held?: boolean
  /** Its views are being removed: no worker may start on it. */
  readonly dropping?: boolean
}

/** An announced switch to another version; each has its own `id`. */
export type Handover = { readonly to: number; readonly id: string }

/** The versions of one projection. */
export type VersionRecord = {
  /** The version whose views readers see. */
  readonly active: number
  readonly handover?: Handover
  /** By the version's number. */
  readonly versions: Readonly<Record<string, VersionEntry>>
}

const refOf = (projection: string): ViewRef => ({ projection: VERSIONS, version: 1, key: projection })

/** The record in a document, or undefined if it contains none. */
function toVersionRecord(stored: Stored<ViewDocument> | undefined): VersionRecord | undefined {
  const data = stored?.document.data
  if (typeof data?.active !== 'number') return undefined
  return { versions: {}, ...(data as Partial<VersionRecord>), active: data.active }
}

/** Reads the record of a projection together with its ETag. What has a reserved name is no projection, and has none. */
export async function readVersionRecord(
  viewStore: Pick<ViewStore, 'get'>,
  projection: string,
): Promise<Stored<VersionRecord> | undefined> {
  if (isReservedProjection(projection)) return undefined
  const stored = await viewStore.get(refOf(projection))
  const record = toVersionRecord(stored)
  return stored && record && { document: record, etag: stored.etag }
}

/** The names of all projections that have a record, in order. */
export async function recordedProjections(viewStore: ViewStore): Promise<string[]> {
  const names: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await viewStore.query({ projection: VERSIONS, version: 1, limit: 1000, ...(after && { after }) })
    names.push(...page.views.map(({ document }) => document.key))
    after = page.next
    if (after === undefined) return names
  }
}

/** Saves the record of a projection only if the condition holds. */
export function saveVersionRecord(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  projection: string,
  { handover, ...record }: VersionRecord,
  condition: SaveCondition,
): Promise<SaveResult> {
  const ref = refOf(projection)
  const data = { ...record, ...(handover && { handover }) } as unknown as JsonObject
  return viewStore.save({ ...ref, id: viewId(ref), data, incarnation, tidemarks: [] }, condition)
}

/**
 * Changes the record of a projection, and retries for as long as other writers are first.
 *
 * @param change returns the new record, or undefined to leave it
 * @returns the record that is then stored
 */
export async function changeVersionRecord(
  storage: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  projection: string,
  change: (record: VersionRecord | undefined) => VersionRecord | undefined,
): Promise<VersionRecord | undefined> {
  for (;;) {
    const stored = await readVersionRecord(storage.viewStore, projection)
    const changed = change(stored?.document)
    if (changed === undefined) return stored?.document
    const condition = stored ? { ifMatch: stored.etag } : 'ifAbsent'
    if ((await saveVersionRecord(storage, projection, changed, condition)).saved) return changed
  }
}
