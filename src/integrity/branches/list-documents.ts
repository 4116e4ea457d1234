import { InvalidStreamId } from '../../core/errors/input.ts'
import type { SealFault } from '../../core/port/document-seals.ts'
import type { SnapshotDocument } from '../../core/port/snapshot-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import { type Sealable, sealableSnapshot, sealableView } from '../seals/sealable.ts'
import type { BranchSubject } from './branch-name.ts'

/** What documents are read from. */
export type DocumentSource = Pick<StoragePort, 'viewStore' | 'snapshots' | 'events' | 'seals'>

/** A document, and what is wrong with its seal, if seals are checked. */
export type ListedDocument = Sealable & { readonly fault: SealFault | undefined }

const PAGE = 200

/** The stores as they are: with seals, a document with a wrong one could not be looked at. */
export const storesOf = (storage: DocumentSource): Pick<StoragePort, 'viewStore' | 'snapshots'> =>
  storage.seals?.unchecked ?? storage

/** The views of a projection version, deleted ones excepted, in the order of their keys. */
export async function* listViews(
  storage: DocumentSource,
  { projection, version }: { readonly projection: string; readonly version: number },
): AsyncGenerator<ViewDocument> {
  for (let after: string | undefined; ; ) {
    const query = { projection, version, limit: PAGE, ...(after !== undefined && { after }) }
    const page = await storesOf(storage).viewStore.query(query)
    for (const { document } of page.views) yield document
    after = page.next
    if (after === undefined) return
  }
}

/** The snapshot of a stream, or undefined if its id was edited to an invalid one. */
export async function snapshotOf(storage: DocumentSource, streamId: string): Promise<SnapshotDocument | undefined> {
  try {
    return await storesOf(storage).snapshots.get(streamId)
  } catch (error) {
    if (error instanceof InvalidStreamId) return undefined
    throw error
  }
}

/** The documents that a branch seals, in the order of their keys. */
export async function* listDocuments(storage: DocumentSource, subject: BranchSubject): AsyncGenerator<ListedDocument> {
  if (subject !== 'snapshots') {
    for await (const view of listViews(storage, subject)) {
      yield { ...sealableView(view), fault: storage.seals?.viewFault(view) }
    }
    return
  }
  for await (const streamId of storage.events.streams()) {
    const found = await snapshotOf(storage, streamId)
    if (found) yield { ...sealableSnapshot(found), fault: storage.seals?.snapshotFault(found) }
  }
}
