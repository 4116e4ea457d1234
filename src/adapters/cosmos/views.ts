import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { refusalOf } from './client/errors.ts'
import type { Operation } from './client/request.ts'
import { concurrently } from './concurrently.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions.ts'
import { readDocument, saveDocument } from './stored.ts'
import { viewQuerier } from './view-query.ts'

// Views read or removed at the same time: enough to hide the way to the server, few enough not to be throttled for.
const AT_ONCE = 32

// Views of one physical partition that are asked for before they are removed.
const DROPPED = 1000

/** The view store. */
export function viewStore(handle: Handle): ViewStore {
  const { views } = handle.containers
  const queries = partitionQueries(views)
  const find = (operation: Operation, id: string) => readDocument<ViewDocument>(operation, views, id)

  async function remove({ request }: Operation, id: string): Promise<void> {
    try {
      const item = views.container.item(id, id)
      await request({ sessions: views.sessions, kind: 'repeatable', send: (options) => item.delete(options) })
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
    const ids = (await queries.each<string>(operation, { query, parameters }, DROPPED)).flat()
    await concurrently(AT_ONCE, ids, (id) => remove(operation, id))
    return ids.length > 0
  }

  return {
    async get(ref) {
      assertViewKey(ref.key)
      return handle.run('view.get', (operation) => find(operation, viewId(ref)))
    },

    async getMany(projection, version, keys) {
      for (const key of keys) assertViewKey(key)
      return handle.run('view.getMany', async (operation) => {
        const found = new Map<string, Stored<ViewDocument>>()
        await concurrently(AT_ONCE, [...new Set(keys)], async (key) => {
          const view = await find(operation, viewId({ projection, version, key }))
          if (view !== undefined) found.set(key, view)
        })
        return found
      })
    },

    async save(document, condition) {
      const { document: view } = prepareView(document, handle.limits)
      return handle.run('view.save', async (operation) => {
        const result = await saveDocument(operation, views, view, condition)
        if (result.saved) handle.committed.views.notify()
        return result
      })
    },

    query: viewQuerier(handle),

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
