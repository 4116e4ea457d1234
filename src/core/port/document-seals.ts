import type { SnapshotDocument, SnapshotStore } from './snapshot-store.ts'
import type { ViewDocument, ViewStore } from './view-store.ts'

/** What is wrong with a document's seal. */
export type SealFault = 'missing' | 'wrong'

/**
 * What seals views and snapshots when they are saved, and checks them when they are read. A storage that has it does
 * both in its stores; this is for those who need more.
 */
export interface DocumentSeals {
  /** The stores without seals: for finding out which documents are not as they were saved. */
  readonly unchecked: { readonly viewStore: ViewStore; readonly snapshots: SnapshotStore }
  /** What is wrong with the seal of a view as it is stored, or undefined. */
  viewFault(view: ViewDocument): SealFault | undefined
  /** Whether a view as it is stored has a right seal, but of an earlier key. */
  isOfEarlierKey(view: ViewDocument): boolean
  /** What is wrong with the seal of a snapshot as it is stored, or undefined. */
  snapshotFault(snapshot: SnapshotDocument): SealFault | undefined
}
