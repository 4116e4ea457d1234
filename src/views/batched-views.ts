import type { Stored } from '../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../core/port/view-store.ts'
import { batch } from './batch-reads.ts'

/** Reads single views; reads that start at the same time share one call, see {@link batch}. */
export function batchedViews(viewStore: Pick<ViewStore, 'getMany'>): Pick<ViewStore, 'get'> {
  const batches = new Map<string, (key: string) => Promise<Stored<ViewDocument> | undefined>>()
  return {
    get({ projection, version, key }) {
      const id = `${projection}:${version}`
      let read = batches.get(id)
      if (read === undefined) {
        read = batch((keys) => viewStore.getMany(projection, version, keys))
        batches.set(id, read)
      }
      return read(key)
    },
  }
}
