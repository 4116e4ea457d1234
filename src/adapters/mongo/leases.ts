import type { LeaseDocument, LeaseStore } from '../../core/port/lease-store.ts'
import { revisionOf, toRecord, toStored } from './client/stored-record.ts'
import type { Handle } from './handle.ts'
import { leaseChanges, MOST_TIME, NOW } from './leases/changes.ts'
import { saveRecord } from './stored-documents.ts'

/** The lease store. */
export function leaseStore(handle: Handle): LeaseStore {
  const { leases } = handle.collections
  return {
    async list({ projection, version } = {}) {
      handle.assertOpen()
      const filter = {
        ...(projection !== undefined && { projection: { $eq: projection } }),
        ...(version !== undefined && { version: { $eq: version } }),
      }
      const records = await handle.run((attempt) => leases.find(filter, { ...attempt, sort: { _id: 1 } }).toArray())
      return records.map((record) => toStored<LeaseDocument>(record))
    },
    changes: leaseChanges(handle),
    async get(id) {
      handle.assertOpen()
      const record = await handle.run(({ session }) => leases.findOne({ _id: { $eq: id } }, { session }))
      return record === null ? undefined : toStored<LeaseDocument>(record)
    },
    async save(lease, condition) {
      handle.assertOpen()
      return saveRecord(handle, leases, { ...toRecord(lease), changed: NOW }, condition, MOST_TIME)
    },
    async remove(id, etag) {
      handle.assertOpen()
      const revision = revisionOf(etag)
      if (revision === null) return false
      const filter = { _id: { $eq: id }, etag: revision }
      const { deletedCount } = await handle.run(({ session }) => leases.deleteOne(filter, { session }))
      return deletedCount === 1
    },
  }
}
