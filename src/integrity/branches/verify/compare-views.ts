import { compareTexts } from '../../../core/adapters/compare-events.ts'
import { type ViewDocument, viewId } from '../../../core/port/view-store.ts'
import { readVersionRecord, type VersionRecord } from '../../../views/version-record.ts'
import { sealableView } from '../../seals/sealable.ts'
import type { SaltedEntry } from '../entry.ts'
import type { SealedBranch } from '../last-branch.ts'
import { listViews, storesOf } from '../list-documents.ts'
import type { BranchRun, BranchTally } from './branch-run.ts'
import { classify } from './classify.ts'
import { createRefolding } from './refold-views.ts'

/**
 * Compares the views of a projection version with a branch, and computes them again if there is code for that.
 *
 * @returns whether there was something to compare
 */
export async function compareViews(
  run: BranchRun,
  { n, branch }: SealedBranch,
  which: { readonly projection: string; readonly version: number },
  entries: AsyncIterable<SaltedEntry>,
  tally: BranchTally,
): Promise<boolean> {
  const { storage, findings } = run
  const recorded = async () => (await readVersionRecord(storesOf(storage).viewStore, which.projection))?.document
  const isDropped = (record: VersionRecord | undefined): boolean => {
    const version = record?.versions[which.version]
    return record !== undefined && (version === undefined || version.dropping === true)
  }
  const stale = () => findings.add('branchStale', 'Its version was dropped', { block: n, view: branch.name })
  const record = await recorded()
  if (isDropped(record)) {
    stale()
    return false
  }
  const refolding = await createRefolding(run, { n, branch }, which, record?.versions[which.version]?.slices, tally)
  const place = (key: string) => ({ block: n, view: viewId({ ...which, key }) })

  async function check(view: ViewDocument): Promise<void> {
    if (storage.seals?.viewFault(view) === 'wrong') {
      findings.add('viewChanged', 'The view does not match its seal', place(view.key))
    } else {
      await refolding?.add(view)
    }
  }

  async function compare({ entry, salt }: SaltedEntry, view: ViewDocument | undefined): Promise<void> {
    const [key] = entry
    if (view === undefined) {
      // It may be dropped while it is compared.
      isGone ||= isDropped(await recorded())
      if (isGone) return
      findings.add('viewMissing', 'The view was sealed, and is not there', place(key))
      return
    }
    // The document of another view may be stored in its place.
    const comparison =
      viewId(view) === viewId({ ...which, key }) ? classify(entry, sealableView(view), salt) : 'changed'
    if (comparison === 'changed') {
      findings.add('viewChanged', 'The view was changed, or put back, since it was sealed', place(key))
      return
    }
    tally[comparison]++
    await check(view)
  }

  let isGone = false
  const views = listViews(storage, which)
  let next = (await views.next()).value as ViewDocument | undefined
  const takeNext = async () => {
    const taken = next as ViewDocument
    next = (await views.next()).value as ViewDocument | undefined
    return taken
  }
  async function takeAdded(before?: string): Promise<void> {
    while (next !== undefined && (before === undefined || compareTexts(next.key, before) < 0)) {
      tally.added++
      await check(await takeNext())
    }
  }
  for await (const salted of entries) {
    const [key] = salted.entry
    await takeAdded(key)
    // A view that was deleted with an event is not listed.
    const view =
      next?.key === key ? await takeNext() : (await storesOf(storage).viewStore.get({ ...which, key }))?.document
    await compare(salted, view)
  }
  await takeAdded()
  if (isGone) stale()
  await refolding?.finish()
  return true
}
