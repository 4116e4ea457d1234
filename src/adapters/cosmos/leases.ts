import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'
import type { RawDocument } from './client/items.ts'
import { Parameters } from './conditions.ts'
import type { Handle } from './handle.ts'
import { leaseChanges } from './leases/changes.ts'
import type { ViewSession } from './leases/view-sessions.ts'
import { partitionQueries } from './partitions/partition-queries.ts'
import { STORAGE_ID } from './setup/storage-document.ts'
import { readDocument, removeDocument, saveDocument, toStored } from './stored-documents.ts'

/** A lease as it is stored: with what a reader must know to read views that are as recent as the lease. */
type StoredLease = LeaseDocument & ViewSession

/**
 * The lease store. A lease says that views were saved, perhaps by another process; so it contains session tokens of the
 * partitions that the views of its projection were written to, and its readers read them at least as recent.
 */
export function leaseStore(handle: Handle): LeaseStore {
  const { viewSessions, containers } = handle
  const { leases } = containers
  const queries = partitionQueries(leases)

  function opened({ document, etag }: Stored<StoredLease>): Stored<LeaseDocument> {
    const { session, viewsAtPrimary, ...lease } = document
    viewSessions.learn(lease.projection, lease.version, {
      ...(session !== undefined && { session }),
      ...(viewsAtPrimary && { viewsAtPrimary }),
    })
    return { document: lease as LeaseDocument, etag }
  }

  return {
    list: ({ projection, version } = {}) =>
      handle.run('lease.list', async (operation) => {
        const parameters = new Parameters()
        const conditions = [
          ...(projection === undefined ? [] : [`c.projection = ${parameters.add(projection)}`]),
          ...(version === undefined ? [] : [`c.version = ${parameters.add(version)}`]),
        ]
        const query = `SELECT * FROM c${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`
        const found = await queries.each<RawDocument>(operation, { query, parameters: parameters.all })
        return found
          .flat()
          .filter(({ id }) => id !== STORAGE_ID)
          .map((raw) => opened(toStored(raw)))
      }),

    get: (id) =>
      handle.run('lease.get', async (operation) => {
        const found = await readDocument<StoredLease>(operation, leases, id)
        return found && opened(found)
      }),

    save: (lease, condition) =>
      handle.run('lease.save', async (operation) => {
        const document: StoredLease = { ...lease, ...viewSessions.sessionOf(lease.projection, lease.version) }
        const result = await saveDocument(operation, leases, document, condition)
        if (result.saved) handle.committed.views.notify()
        return result
      }),

    changes: leaseChanges(handle, (raw) => opened(toStored(raw))),

    remove: (id, etag) =>
      handle.run('lease.remove', async (operation) => {
        const removed = await removeDocument(operation, leases, id, etag)
        if (removed) handle.committed.views.notify()
        return removed
      }),
  }
}
