import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument, ViewRef } from '../../../../src/core/port/view-store.ts'

export const KEY = Buffer.alloc(32, 7)

/** Changes a view's document as who has the database but no key can. */
export async function tamper(
  port: Pick<StoragePort, 'viewStore'>,
  ref: ViewRef,
  change: (view: ViewDocument) => ViewDocument,
): Promise<void> {
  const found = await port.viewStore.get(ref)
  if (found === undefined) throw new Error(`There is no view ${ref.key}`)
  const { saved } = await port.viewStore.save(change(found.document), { ifMatch: found.etag })
  if (!saved) throw new Error('Somebody else saved the view')
}

/** Puts a document back in place of whatever is stored now. */
export const replay = (port: Pick<StoragePort, 'viewStore'>, document: ViewDocument): Promise<void> =>
  tamper(port, document, () => document)
