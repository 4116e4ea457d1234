import type { JsonObject } from '../../core/json/json.ts'
import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { prepareView } from '../../core/prepare-view.ts'
import { assertViewKey } from '../../core/view-key.ts'
import { saveDocument, storedOf } from './documents.ts'
import type { Handle } from './handle.ts'
import { viewCounter, viewQuerier } from './view-query.ts'

/** The view store in memory. */
export function viewStore(handle: Handle): ViewStore {
  const { state } = handle
  const find = (ref: ViewRef): Stored<ViewDocument> | undefined => {
    const stored = state.views.get(viewId(ref))
    return stored && storedOf<ViewDocument>(stored)
  }
  return {
    async get(ref) {
      handle.assertOpen()
      assertViewKey(ref.key)
      return handle.run(() => find(ref))
    },
    async getMany(projection, version, keys) {
      handle.assertOpen()
      for (const key of keys) assertViewKey(key)
      return handle.run(() => {
        const found = new Map<string, Stored<ViewDocument>>()
        for (const key of keys) {
          const view = find({ projection, version, key })
          if (view) found.set(key, view)
        }
        return found
      })
    },
    async getParked(projection, version, keys) {
      handle.assertOpen()
      for (const key of keys) assertViewKey(key)
      return handle.run(() => {
        const marks = new Map<string, JsonObject>()
        for (const key of keys) {
          const { parked } = find({ projection, version, key })?.document ?? {}
          if (parked) marks.set(key, parked)
        }
        return marks
      })
    },
    async save(document, condition) {
      handle.assertOpen()
      const { document: view, text } = prepareView(document, handle.limits)
      return handle.run(() => {
        const result = saveDocument(state, state.views, view.id, text, condition)
        if (result.saved) handle.wake('views')
        return result
      })
    },
    query: viewQuerier(handle),
    count: viewCounter(handle),
    async remove(ref, etag) {
      handle.assertOpen()
      assertViewKey(ref.key)
      return handle.run(() => {
        if (state.views.get(viewId(ref))?.etag !== etag) return false
        state.views.delete(viewId(ref))
        handle.wake('views')
        return true
      })
    },
    drop: (projection, version) =>
      handle.run(() => {
        for (const [id, stored] of state.views) {
          const { document } = storedOf<ViewDocument>(stored)
          if (document.projection === projection && document.version === version) state.views.delete(id)
        }
        handle.wake('views')
      }),
    changed: (signal) => handle.changed('views', signal),
  }
}
