import { concurrently } from '../../core/async/concurrently.ts'
import { ViewRefused } from '../../core/errors/view.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import {
  isReservedProjection,
  type ViewDocument,
  type ViewRef,
  type ViewStore,
  viewId,
} from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { refusalOf } from './client/failures/errors.ts'
import { deleteItem } from './client/items.ts'
import type { Operation } from './client/operation.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions/partition-queries.ts'
import { readDocument, removeDocument, saveDocument } from './stored-documents.ts'
import { viewCounter, viewQuerier } from './view-query.ts'

// Views read concurrently: enough to hide the latency, few enough not to be throttled.
const AT_ONCE = 32

// Views of one physical partition that are listed before they are removed, and how many are removed concurrently:
// dropped views are useless, and must not take the units that appends need.
const DROPPED = 100
const DROPPED_AT_ONCE = 4

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { views } = handle.containers
  const queries = partitionQueries(views)

  // Tidemark's own records determine what is shown of all other views, so none may be stale.
  const isAtPrimary = ({ projection, version }: Omit<ViewRef, 'key'>) =>
    isReservedProjection(projection) || handle.viewSessions.isAtPrimary(projection, version)

  const find = (operation: Operation, ref: ViewRef) =>
    readDocument<ViewDocument>(operation, views, viewId(ref), { atPrimary: isAtPrimary(ref) })

  async function save(operation: Operation, document: ViewDocument, condition: SaveCondition): Promise<SaveResult> {
    try {
      return await saveDocument(operation, views, document, condition)
    } catch (error) {
      // A retry would be refused in the same way, while other views continue.
      if (refusalOf(error) !== 400 && refusalOf(error) !== 413) throw error
      throw new ViewRefused(document.id, 'Azure Cosmos DB does not accept the document', { cause: error })
    }
  }

  async function dropOne(operation: Operation, id: string): Promise<void> {
    try {
      await deleteItem(operation, views, id, { kind: 'repeatable', priority: 'Low' })
    } catch (error) {
      if (refusalOf(error) !== 404) throw error
    }
  }

  /** Removes some; returns whether there may be more. */
  async function removeSome(operation: Operation, projection: string, version: number): Promise<boolean> {
    const query = 'SELECT VALUE c.id FROM c WHERE c.projection = @projection AND c.version = @version'
    const parameters = [
      { name: '@projection', value: projection },
      { name: '@version', value: version },
    ]
    const options = { most: DROPPED, priority: 'Low' } as const
    const ids = (await queries.each<string>(operation, { query, parameters }, options)).flat()
    await concurrently(DROPPED_AT_ONCE, ids, async (id) => {
      await dropOne(operation, id)
    })
    return ids.length > 0
  }

  return {
    async get(ref) {
      assertViewKey(ref.key)
      return handle.run('view.get', (operation) => find(operation, ref))
    },

    async getMany(projection, version, keys) {
      for (const key of keys) assertViewKey(key)
      return handle.run('view.getMany', async (operation) => {
        const found = new Map<string, Stored<ViewDocument>>()
        await concurrently(AT_ONCE, [...new Set(keys)], async (key) => {
          const view = await find(operation, { projection, version, key })
          if (view !== undefined) found.set(key, view)
        })
        return found
      })
    },

    async save(document, condition) {
      const { document: view } = prepareView(document, handle.limits)
      return handle.run('view.save', async (operation) => {
        const result = await save(operation, view, condition)
        if (result.saved) {
          handle.viewSessions.note(view.projection, view.version, view.id)
          handle.committed.views.notify()
        }
        return result
      })
    },

    query: viewQuerier(handle),
    count: viewCounter(handle),

    async remove(ref, etag) {
      assertViewKey(ref.key)
      return handle.run('view.remove', async (operation) => {
        const removed = await removeDocument(operation, views, viewId(ref), etag)
        if (removed) {
          handle.viewSessions.note(ref.projection, ref.version, viewId(ref))
          handle.committed.views.notify()
        }
        return removed
      })
    },

    async drop(projection, version) {
      // Each step is a separate call with its own deadline.
      while (await handle.run('view.drop', (operation) => removeSome(operation, projection, version)));
      handle.committed.views.notify()
    },

    async changed(signal) {
      handle.assertOpen()
      await handle.committed.views.next(handle.pollInterval, AbortSignal.any([signal, handle.closing]))
    },
  }
}
