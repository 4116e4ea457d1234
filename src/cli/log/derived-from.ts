import type { StoragePort } from '../../core/port/storage.ts'
import { isReservedProjection } from '../../core/port/view-store.ts'
import { readVersionRecord, recordedProjections } from '../../views/version-record.ts'

/** What was derived from a log, by name. */
export type Derived = {
  readonly projections: readonly { readonly projection: string; readonly version: number }[]
  readonly reactions: readonly string[]
}

/** Finds every version of every projection, and every reaction, that ran on a storage. Reads nothing of the feed. */
export async function derivedFrom({ viewStore, leases }: StoragePort): Promise<Derived> {
  const recorded = await recordedProjections(viewStore)
  const projections = await Promise.all(
    recorded.map(async (projection) => {
      const record = (await readVersionRecord(viewStore, projection))?.document
      const versions = new Set([...Object.keys(record?.versions ?? {}).map(Number), ...(record ? [record.active] : [])])
      return [...versions].sort((a, b) => a - b).map((version) => ({ projection, version }))
    }),
  )
  // Of a reaction nothing is recorded but its leases.
  const leased = new Set((await leases.list()).map(({ document }) => document.projection))
  const reactions = [...leased].filter((name) => !isReservedProjection(name) && !recorded.includes(name)).sort()
  return { projections: projections.flat(), reactions }
}
