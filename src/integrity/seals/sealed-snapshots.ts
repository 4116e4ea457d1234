import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import type { Sealing } from './sealed-view-store.ts'

/** A snapshot store that seals what it saves and checks what it reads. */
export function sealedSnapshots(store: SnapshotStore, sealing: Sealing<SnapshotDocument>): SnapshotStore {
  return {
    ...store,
    async get(streamId) {
      const found = await store.get(streamId)
      const error = found && sealing.errorIn(found)
      if (error) throw error
      return found
    },
    save: async (snapshot) => store.save(sealing.seal(snapshot)),
  }
}
