import { type Clock, systemClock } from '../../core/clock.ts'
import { SealMissing, SealWrong } from '../../core/errors/integrity.ts'
import type { DocumentSeals, SealFault } from '../../core/port/document-seals.ts'
import type { SnapshotDocument } from '../../core/port/snapshot-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import type { Views } from '../../views/views.ts'
import { withViews } from '../../views/with-views.ts'
import { SEAL_BYTES, sealFault, sealOf } from './seal.ts'
import { sealKey } from './seal-key.ts'
import { type Sealable, sealableSnapshot, sealableView } from './sealable.ts'
import { sealedSnapshots } from './sealed-snapshots.ts'
import { type Sealing, sealedViewStore } from './sealed-view-store.ts'

/** How views and snapshots are sealed. */
export type SealOptions = {
  /** At least 32 bytes, or their base64 text. It must be kept outside the database. */
  readonly key: Uint8Array | string
  /** Keys that documents were sealed with before: they are still accepted. */
  readonly earlier?: readonly (Uint8Array | string)[]
  /**
   * Whether documents without a seal are accepted, while seals are being introduced: an administrator of the database
   * can remove a seal. Default `refuse`.
   */
  readonly unsealed?: 'refuse' | 'accept'
  /** The number of blocks that the chain is known to have, or undefined if that is not known. */
  readonly chainSize?: () => number | undefined
  readonly clock?: Clock
}

/**
 * Gives a storage seals: each view and each snapshot that is saved gets a seal, and none is used unless its seal is
 * right. A reader gets `SealWrong` or `SealMissing`; a processor does not fold such a view, and reports the same error
 * for its range until the view is put right; a repository reports it for a snapshot, and loads the stream instead.
 *
 * @param storage the storage itself stays as it is, and is closed by either
 * @throws InvalidChainKey
 */
export function withSeals<S extends StoragePort>(
  storage: S,
  options: SealOptions,
): S & { readonly seals: DocumentSeals; readonly views: Views } {
  const { unsealed = 'refuse', chainSize = () => undefined, clock = systemClock } = options
  const keys = [options.key, ...(options.earlier ?? [])].map(sealKey)

  function sealing<Document extends ViewDocument | SnapshotDocument>(
    sealable: (document: Document) => Sealable,
    name: (document: Document) => readonly [what: string, id: string],
  ): Sealing<Document> & { fault(document: Document): SealFault | undefined } {
    const fault = (document: Document) => {
      const part = sealable(document)
      const found = sealFault(keys, part)
      // A view without data has nothing to protect, and those from before there was a key cannot be listed. An
      // attacker who writes one could as well remove the view.
      return found === 'missing' && part.content.data === null ? undefined : found
    }
    return {
      fault,
      seal: (document) => ({ ...document, seal: sealOf(keys, sealable(document), chainSize() ?? null) }),
      errorIn(document) {
        const found = fault(document)
        if (found === undefined || (found === 'missing' && unsealed === 'accept')) return undefined
        return found === 'missing' ? new SealMissing(...name(document)) : new SealWrong(...name(document))
      },
    }
  }

  const views = sealing<ViewDocument>(sealableView, (view) => ['View', viewId(view)])
  const snapshots = sealing<SnapshotDocument>(sealableSnapshot, ({ id }) => ['The snapshot of', id])
  const { viewStore, limits } = storage
  const seals: DocumentSeals = {
    unchecked: { viewStore, snapshots: storage.snapshots },
    viewFault: views.fault,
    isOfEarlierKey: (view) =>
      view.seal !== undefined &&
      views.fault(view) === undefined &&
      sealFault(keys.slice(0, 1), sealableView(view)) !== undefined,
    snapshotFault: snapshots.fault,
  }
  const sealed = {
    ...storage,
    seals,
    viewStore: sealedViewStore(viewStore, views),
    snapshots: sealedSnapshots(storage.snapshots, snapshots),
    limits: { ...limits, bytesPerView: limits.bytesPerView - SEAL_BYTES },
  }
  return withViews(sealed, { clock })
}
