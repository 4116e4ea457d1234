import { ViewTooLarge } from './errors/view.ts'
import { copyJson } from './json/json.ts'
import { MOST_LEVELS } from './json/json-faults.ts'
import type { StorageLimits } from './port/storage.ts'
import { type ViewDocument, viewId } from './port/view-store.ts'
import { assertViewKey } from './view-key.ts'

/** A view's document that may be saved: a copy under its own id, and its JSON text. */
export type PreparedView = { readonly document: ViewDocument; readonly text: string }

/**
 * Performs, for every adapter, all checks of saving a view that need no I/O. The returned copy is what is saved,
 * because the argument may change in the meantime.
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
