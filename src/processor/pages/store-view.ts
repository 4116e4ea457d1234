import type { SaveResult, Stored } from '../../core/port/save.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { attributesOf, type PageContext } from './page-context.ts'

/**
 * Saves a view if it is unchanged since it was read, and measures that.
 *
 * @throws what the view store throws
 */
export async function storeView(
  { storage, telemetry }: Pick<PageContext, 'storage' | 'telemetry'>,
  view: ViewDocument,
  stored: Stored<ViewDocument> | undefined,
): Promise<SaveResult> {
  const attributes = attributesOf({ name: view.projection, version: view.version })
  const saving = telemetry.time('tidemark.save.duration', attributes)
  const result = await storage.viewStore.save(view, stored ? { ifMatch: stored.etag } : 'ifAbsent')
  saving()
  if (!result.saved) telemetry.count('tidemark.view.conflicts', 1, attributes)
  return result
}
