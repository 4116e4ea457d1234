import { ViewTooLarge } from './errors/view.ts'
import { copyJson } from './json/json.ts'
import { MOST_LEVELS } from './json/json-faults.ts'
import type { StorageLimits } from './port/storage.ts'
import { type ViewDocument, viewId } from './port/view-store.ts'
import { assertViewKey } from './view-key.ts'

/** A view's document that may be saved: a copy under its own id, and its JSON text. */
export type PreparedView = { readonly document: ViewDocument; readonly text: string }

/**
 * All that can be refused about the save of a view without I/O, for every adapter. What is saved is what is returned,
 * and not what was given: that may change meanwhile.
 *
 * @throws InvalidViewKey, NotJson, ViewTooLarge
 */
export function prepareView(view: ViewDocument, { bytesPerView }: Pick<StorageLimits, 'bytesPerView'>): PreparedView {
  assertViewKey(view.key)
  const id = viewId(view)
  const document = copyJson({ ...view, id }, 'view', MOST_LEVELS + 1) as ViewDocument
  const text = JSON.stringify(document)
  const bytes = Buffer.byteLength(text)
  if (bytes > bytesPerView) throw new ViewTooLarge(id, bytes, bytesPerView)
  return { document, text }
}
