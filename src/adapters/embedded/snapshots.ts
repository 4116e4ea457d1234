import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { Handle } from './handle.ts'
import { parseStored } from './stored-documents.ts'

/** The snapshot store. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { database, writer, scrubber } = handle.documents
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
      const text = JSON.stringify(snapshot)
      await writer.submit(['snapshot', snapshot.id, text], text.length)
    },
    async remove(streamId) {
      handle.assertOpen()
      assertStreamId(streamId)
      const answer = await writer.submit(['removeSnapshot', streamId])
      if (answer[0] === 'done') await scrubber.scrub()
    },
  }
}
