import type { SnapshotDocument, SnapshotStore } from '../../core/port/snapshot-store.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { refusalOf } from './client/errors.ts'
import type { Handle } from './handle.ts'
import { readDocument } from './stored.ts'

/** The snapshot store. */
export function snapshotStore(handle: Handle): SnapshotStore {
  const { container, sessions } = handle.containers.snapshots
  return {
    async get(streamId) {
      assertStreamId(streamId)
      return handle.run('snapshot.get', async (operation) => {
        const found = await readDocument<SnapshotDocument>(operation, handle.containers.snapshots, streamId)
        return found?.document
      })
    },

    async save(snapshot) {
      assertStreamId(snapshot.id)
      await handle.run('snapshot.save', ({ request }) =>
        request({ sessions, kind: 'repeatable', send: (options) => container.items.upsert({ ...snapshot }, options) }),
      )
    },

    async remove(streamId) {
      assertStreamId(streamId)
      await handle.run('snapshot.remove', async ({ request }) => {
        try {
          const send = container.item(streamId, streamId)
          await request({ sessions, kind: 'repeatable', send: (options) => send.delete(options) })
        } catch (error) {
          if (refusalOf(error) !== 404) throw error
        }
      })
    },
  }
}
