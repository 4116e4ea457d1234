import { concurrently } from '../../core/async/concurrently.ts'
import { ViewRefused } from '../../core/errors/view.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { refusalOf } from './client/failures/errors.ts'
import { deleteItem } from './client/items.ts'
import type { Operation } from './client/operation.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions/partition-queries.ts'
import { readDocument, saveDocument } from './stored-documents.ts'
import { viewCounter, viewQuerier } from './view-query.ts'

// Views read at the same time: enough to hide the way to the server, few enough not to be throttled for.
const AT_ONCE = 32

// Views of one physical partition that are asked for before they are removed, and how many are removed at the same
// time: what is dropped is of no use to anybody, and must not take the units of those who append.
const DROPPED = 100
const DROPPED_AT_ONCE = 4

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { views } = handle.containers
  const queries = partitionQueries(views)

  // The records of Tidemark's own decide what is shown of all other views, so none may be older than what it is about.
  const isAtPrimary = ({ projection, version }: Omit<ViewRef, 'key'>) =>
    projection.startsWith('$') || handle.viewSessions.isAtPrimary(projection, version)

  const find = (operation: Operation, ref: ViewRef) =>
    readDocument<ViewDocument>(operation, views, viewId(ref), { atPrimary: isAtPrimary(ref) })

  async function save(operation: Operation, document: ViewDocument, condition: SaveCondition): Promise<SaveResult> {
    try {
      return await saveDocument(operation, views, document, condition)
    } catch (error) {
      // Another attempt would be refused in the same way, while other views go on.
      if (refusalOf(error) !== 400 && refusalOf(error) !== 413) throw error
      throw new ViewRefused(document.id, 'Azure Cosmos DB does not take the document', { cause: error })
    }
  }

  async function remove(operation: Operation, id: string): Promise<void> {
    try {
      await deleteItem(operation, views, id, { kind: 'repeatable', priority: 'Low' })
    } catch (error) {
      if (refusalOf(error) !== 404) throw error
    }
  }

  /** Removes some; answers whether there may be more. */
  async function removeSome(operation: Operation, projection: string, version: number): Promise<boolean> {
    const query = 'SELECT VALUE c.id FROM c WHERE c.projection = @projection AND c.version = @version'
    const parameters = [
      { name: '@projection', value: projection },
      { name: '@version', value: version },
    ]
    const options = { most: DROPPED, priority: 'Low' } as const
    const ids = (await queries.each<string>(operation, { query, parameters }, options)).flat()
    await concurrently(DROPPED_AT_ONCE, ids, async (id) => {
      await remove(operation, id)
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

    async drop(projection, version) {
      // Each step is a call of its own, with a deadline of its own.
      while (await handle.run('view.drop', (operation) => removeSome(operation, projection, version)));
      handle.committed.views.notify()
    },

    async changed(signal) {
      handle.assertOpen()
      await handle.committed.views.next(handle.pollInterval, AbortSignal.any([signal, handle.closing]))
    },
  }
}
