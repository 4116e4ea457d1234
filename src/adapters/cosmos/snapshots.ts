import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { refusalOf } from './client/failures/errors.ts'
import { deleteItem } from './client/items.ts'
import type { Handle } from './handle.ts'
import { readDocument } from './stored-documents.ts'

/** The snapshot store. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { snapshots } = handle.containers
  return {
    async get(streamId) {
      assertStreamId(streamId)
      return handle.run('snapshot.get', async (operation) => {
        const found = await readDocument<SnapshotDocument>(operation, snapshots, streamId)
        return found?.document
      })
    },

    async save(snapshot) {
      assertStreamId(snapshot.id)
      await handle.run('snapshot.save', ({ request }) =>
        request({
          in: snapshots,
          at: { key: snapshot.id },
          kind: 'repeatable',
          send: (options) => snapshots.container.items.upsert({ ...snapshot }, options),
        }),
      )
    },

    async remove(streamId) {
      assertStreamId(streamId)
      await handle.run('snapshot.remove', async (operation) => {
        try {
          await deleteItem(operation, snapshots, streamId, { kind: 'repeatable' })
        } catch (error) {
          if (refusalOf(error) !== 404) throw error
        }
      })
    },
  }
}
