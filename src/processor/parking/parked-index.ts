import type { Stored } from '../../core/port/save.ts'
import { type ViewDocument, type ViewRef, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { parkedOf } from '../../projections/parking/reserved-names.ts'
import type { ParkingStore } from './waiting-chunks.ts'

// An entry is written before its view is marked, and removed after the mark, and only if it is still the one that was
// read while the view was marked. So every parked view has an entry; a crash can leave a stale one, and listing checks
// the mark. Because entries that look stale for long are removed, the entry is written again when the view is marked:
// the worker may have paused in between.

/** The data of an index entry for a parked sequence. */
export type ParkedEntry = {
  /** The id of the parking. */
  readonly id: string
  /** The hash of the stream of its first event, which determines the feed range. Older entries have none. */
  readonly hash?: string
}

/** Entries of a page, and the `after` for the next page, if there is one. */
export type EntryPage = { readonly entries: readonly Stored<ViewDocument>[]; readonly next?: string }

type ProjectionVersion = Pick<ViewRef, 'projection' | 'version'>

const refOf = ({ projection, version, key }: ViewRef): ViewRef => ({ projection: parkedOf(projection), version, key })

/** Lists a view among the parked ones; always a save, so that no other process removes an older entry afterwards. */
export async function enterParked(
  store: ParkingStore,
  view: ViewRef,
  entry: ParkedEntry,
): Promise<Stored<ViewDocument>> {
  for (;;) {
    const stored = await readEntry(store, view)
    const entered = await saveEntry(store, view, entry, stored)
    if (entered) return entered
  }
}

/** Lists a marked view again, in case its entry was removed or is about to be. */
export async function keepEntered(
  store: ParkingStore,
  view: ViewRef,
  entry: ParkedEntry,
  entered: Stored<ViewDocument>,
): Promise<void> {
  if (!(await saveEntry(store, view, entry, entered))) await enterParked(store, view, entry)
}

async function saveEntry(
  { viewStore, incarnation }: ParkingStore,
  view: ViewRef,
  entry: ParkedEntry,
  stored: Stored<ViewDocument> | undefined,
): Promise<Stored<ViewDocument> | undefined> {
  const ref = refOf(view)
  const document: ViewDocument = { ...ref, id: viewId(ref), data: entry, incarnation, tidemarks: [] }
  const result = await viewStore.save(document, stored ? { ifMatch: stored.etag } : 'ifAbsent')
  return result.saved ? { document, etag: result.etag } : undefined
}

/** The entry of a parked view, to be removed once the view is no longer parked. */
export const readEntry = (
  { viewStore }: Pick<ParkingStore, 'viewStore'>,
  view: ViewRef,
): Promise<Stored<ViewDocument> | undefined> => viewStore.get(refOf(view))

/** Removes an entry, if it is still the one that was read. */
export async function removeEntry(
  { viewStore }: Pick<ParkingStore, 'viewStore'>,
  entry: Stored<ViewDocument> | undefined,
): Promise<void> {
  if (entry === undefined || entry.document.data === null) return
  await viewStore.save({ ...entry.document, data: null }, { ifMatch: entry.etag })
}

/** The entries of a projection version by key, a page at a time. @throws InvalidQuery */
export async function listEntries(
  viewStore: ViewStore,
  { projection, version }: ProjectionVersion,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<EntryPage> {
  const query = { projection: parkedOf(projection), version, limit, ...(after !== undefined && { after }) }
  const { views, next } = await viewStore.query(query)
  return { entries: views, ...(next !== undefined && { next }) }
}
