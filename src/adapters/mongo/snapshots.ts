import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { toRecord, toStored } from './client/stored-record.ts'
import type { Handle } from './handle.ts'

/** The snapshot store. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { snapshots } = handle.collections
  return {
    async get(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      const record = await handle.run(({ session }) => snapshots.findOne({ _id: streamId }, { session }))
      return record === null ? undefined : toStored<SnapshotDocument>(record).document
    },
    async save(snapshot) {
      handle.assertOpen()
      assertStreamId(snapshot.id)
      const { _id, ...fields } = toRecord(snapshot)
      await handle.run(({ session }) => snapshots.replaceOne({ _id }, fields, { session, upsert: true }))
    },
    async remove(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      await handle.run(({ session }) => snapshots.deleteOne({ _id: streamId }, { session }))
    },
  }
}
