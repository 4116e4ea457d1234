import type { LeaseDocument } from '../core/port/lease-store.ts'
import type { Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import { batch } from './batch.ts'
import type { ProjectionRef } from './projection-ref.ts'
import { toVersionRecord, VERSIONS, type VersionRecord } from './version-record.ts'

/** What waiting for views reads, each gathered over all who wait: see {@link batch}. */
export function createWaitReads({ viewStore, leases }: StoragePort) {
  const views = new Map<string, (key: string) => Promise<Stored<ViewDocument> | undefined>>()
  const leasesOf = new Map<string, (key: string) => Promise<Stored<LeaseDocument>[] | undefined>>()

  function viewsOf(projection: string, version: number) {
    return remembered(views, `${projection}:${version}`, () =>
      batch<Stored<ViewDocument>>((keys) => viewStore.getMany(projection, version, keys)),
    )
  }

  return {
    view: (projection: ProjectionRef, version: number, key: string) => viewsOf(projection.name, version)(key),

    async versions(projection: ProjectionRef): Promise<Stored<VersionRecord> | undefined> {
      const stored = await viewsOf(VERSIONS, 1)(projection.name)
      const record = toVersionRecord(stored)
      return stored && record && { document: record, etag: stored.etag }
    },

    async leases({ name }: ProjectionRef, version: number): Promise<readonly Stored<LeaseDocument>[]> {
      const id = `${name}:${version}`
      const list = remembered(leasesOf, id, () =>
        batch(async () => new Map([[id, await leases.list({ projection: name, version })]])),
      )
      return (await list(id)) ?? []
    },
  }
}

function remembered<T>(map: Map<string, T>, id: string, make: () => T): T {
  const known = map.get(id)
  if (known !== undefined) return known
  const made = make()
  map.set(id, made)
  return made
}
