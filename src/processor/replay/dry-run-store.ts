import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'

/**
 * A view store that reads from another one and keeps its saves in memory, for a dry run. Only `get` sees what was
 * saved.
 */
export function unsaved(viewStore: ViewStore): ViewStore {
  const saves = new Map<string, Stored<ViewDocument>>()
  let count = 0
  const get = async (ref: ViewRef) => saves.get(viewId(ref)) ?? viewStore.get(ref)
  return {
    get,
    getMany: (projection, version, keys) => viewStore.getMany(projection, version, keys),
    query: (query) => viewStore.query(query),
    count: (query) => viewStore.count(query),
    changed: (signal) => viewStore.changed(signal),
    async save(document, condition) {
      const etag = (await get(document))?.etag
      if (etag !== (condition === 'ifAbsent' ? undefined : condition.ifMatch)) return { saved: false }
      const stored = { document, etag: `unsaved-${++count}` }
      saves.set(viewId(document), stored)
      return { saved: true, etag: stored.etag }
    },
    remove: async () => false,
    drop: async () => {},
  }
}
