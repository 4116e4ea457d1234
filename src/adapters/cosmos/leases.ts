import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'
import { Parameters } from './conditions.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions.ts'
import { STORAGE_ID } from './storage-document.ts'
import { type RawDocument, readDocument, removeDocument, saveDocument, toStored } from './stored.ts'

// Leases of one physical partition that are listed at most: far more than ranges times projections.
const MOST = 100_000

/** A lease as it is stored: with what a reader must know to read views that are as new as the lease. */
type StoredLease = LeaseDocument & { readonly session?: string }

/**
 * The lease store. A lease says that views were saved, perhaps by another process; so it carries the session token of
 * the views as its writer knew them, and whoever reads the lease reads views at least as fresh from then on.
 */
export function leaseStore(handle: Handle): LeaseStore {
  const { leases, views } = handle.containers
  const queries = partitionQueries(leases)

  function opened({ document, etag }: Stored<StoredLease>): Stored<LeaseDocument> {
    const { session, ...lease } = document
    views.sessions.merge(session)
    return { document: lease as LeaseDocument, etag }
  }

  return {
    list: ({ projection, version } = {}) =>
      handle.run('lease.list', async (operation) => {
        const parameters = new Parameters()
        const query = [
          `SELECT * FROM c WHERE c.id != "${STORAGE_ID}"`,
          projection === undefined ? '' : ` AND c.projection = ${parameters.add(projection)}`,
          version === undefined ? '' : ` AND c.version = ${parameters.add(version)}`,
        ].join('')
        const found = await queries.each<RawDocument>(operation, { query, parameters: parameters.all }, MOST)
        return found.flat().map((raw) => opened(toStored(raw)))
      }),

    get: (id) =>
      handle.run('lease.get', async (operation) => {
        const found = await readDocument<StoredLease>(operation, leases, id)
        return found && opened(found)
      }),

    save: (lease, condition) =>
      handle.run('lease.save', async (operation) => {
        const session = views.sessions.token
        const document: StoredLease = { ...lease, ...(session !== undefined && { session }) }
        const result = await saveDocument(operation, leases, document, condition)
        if (result.saved) handle.committed.views.notify()
        return result
      }),

    remove: (id, etag) =>
      handle.run('lease.remove', async (operation) => {
        const removed = await removeDocument(operation, leases, id, etag)
        if (removed) handle.committed.views.notify()
        return removed
      }),
  }
}
