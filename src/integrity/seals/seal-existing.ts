import { notify } from '../../core/async/callbacks.ts'
import type { DocumentSeals } from '../../core/port/document-seals.ts'
import type { Stored } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'

/** The result of sealing existing views. */
export type SealedExisting = {
  /** How many views got a seal. */
  readonly sealed: number
  /** How many had one of the key. */
  readonly intact: number
  /** The keys of the first hundred views whose seal is wrong, and how many there are. */
  readonly wrong: { readonly keys: readonly string[]; readonly count: number }
}

export type SealExistingOptions = {
  /**
   * Seals views whose seal is wrong, too: after the key was lost, or after it was found out why they are wrong. It blesses
   * whatever the database contains. Default false.
   */
  readonly evenWrong?: boolean
  readonly signal?: AbortSignal
  /** Called now and then with the number of views so far. What it throws is ignored. */
  readonly onProgress?: (views: number) => void
}

const LISTED = 100

/**
 * Gives seals to the views of a projection version that were saved before there was a key, and new ones to those whose
 * seals are of an earlier key, which is not needed for them any more then. Processors may run meanwhile if they have the
 * key. It may be repeated.
 *
 * It takes the views as they are, and does not find a change from before. To be sure, build the views again under a
 * new version of the projection instead.
 *
 * @param storage one that `withSeals` returned
 * @throws the signal's reason when it is aborted; what the view store throws
 */
export async function sealExisting(
  { viewStore, seals }: Pick<StoragePort, 'viewStore'> & { readonly seals: DocumentSeals },
  which: { readonly projection: string; readonly version: number },
  { evenWrong = false, signal, onProgress }: SealExistingOptions = {},
): Promise<SealedExisting> {
  const { unchecked } = seals
  let [sealed, intact, count] = [0, 0, 0]
  const keys: string[] = []

  async function sealOne({ document }: Stored<ViewDocument>): Promise<void> {
    for (;;) {
      const stored = await unchecked.viewStore.get(document)
      const fault = stored && seals.viewFault(stored.document)
      if (stored === undefined || (fault === undefined && !seals.isOfEarlierKey(stored.document))) {
        intact++
        return
      }
      if (fault === 'wrong' && !evenWrong) {
        count++
        if (keys.length < LISTED) keys.push(document.key)
        return
      }
      const { saved } = await viewStore.save(stored.document, { ifMatch: stored.etag })
      if (!saved) continue
      sealed++
      return
    }
  }

  for (let after: string | undefined; ; ) {
    signal?.throwIfAborted()
    const page = await unchecked.viewStore.query({ ...which, limit: LISTED, ...(after !== undefined && { after }) })
    for (const view of page.views) await sealOne(view)
    notify(onProgress, sealed + intact + count)
    after = page.next
    if (after === undefined) return { sealed, intact, wrong: { keys, count } }
  }
}
