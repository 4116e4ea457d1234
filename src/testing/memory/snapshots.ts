import type { SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { Handle } from './handle.ts'

/** The snapshot store in memory. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { state } = handle
  return {
    async get(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      return handle.run(() => {
        const json = state.snapshots.get(streamId)
        return json === undefined ? undefined : JSON.parse(json)
      })
    },
    async save(snapshot) {
      handle.assertOpen()
      assertStreamId(snapshot.id)
      const json = JSON.stringify(snapshot)
      await handle.run(() => state.snapshots.set(snapshot.id, json))
    },
    async remove(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      await handle.run(() => state.snapshots.delete(streamId))
    },
  }
}
