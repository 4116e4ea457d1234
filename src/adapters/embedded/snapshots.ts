import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { Handle } from './handle.ts'
import { parseStored } from './saving.ts'

/** The snapshot store. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { database, writer } = handle.documents
  return {
    async get(streamId) {
      assertStreamId(streamId)
      await handle.ready()
      const row = database.readOne<[string]>('SELECT document FROM snapshots WHERE stream = ?', streamId)
      return row && parseStored<SnapshotDocument>(row[0], streamId)
    },
    async save(snapshot) {
      handle.assertOpen()
      assertStreamId(snapshot.id)
      await writer.submit(['snapshot', snapshot.id, JSON.stringify(snapshot)])
    },
    async remove(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      await writer.submit(['removeSnapshot', streamId])
    },
  }
}
