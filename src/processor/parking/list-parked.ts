import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewRef, ViewStore } from '../../core/port/view-store.ts'
import { type ParkedMark, parkedMark } from '../../projections/parking/parked-mark.ts'
import { listEntries, type ParkedEntry } from './parked-index.ts'
import { MOST_COUNTED, type ParkedPlace, type ParkedPlaces } from './parked-places.ts'

/** A parked sequence in a list. */
export type ParkedSummary = Pick<ParkedMark, 'since' | 'attempts' | 'error' | 'event' | 'waiting'> & {
  readonly key: string
}

/** Parked sequences, and the `after` for the next page, if there is one. */
export type ParkedPage = { readonly items: readonly ParkedSummary[]; readonly next?: string }

type ProjectionVersion = Pick<ViewRef, 'projection' | 'version'>

/** Lists the parked sequences of a projection version by key. A page may be shorter than `limit`, and not the last. */
export async function listParked(
  viewStore: ViewStore,
  which: ProjectionVersion,
  { limit = 100, after }: { readonly limit?: number; readonly after?: string },
): Promise<ParkedPage> {
  const { entries, next } = await listEntries(viewStore, which, { limit, after })
  const keys = entries.map(({ document }) => document.key)
  const marks = await readMarks(viewStore, which, keys)
  const items = keys.flatMap((key): ParkedSummary[] => {
    const mark = marks.get(key)
    if (mark === undefined) return []
    const { since, attempts, error, event, waiting } = mark
    return [{ key, since, attempts, error, event, waiting }]
  })
  return { items, ...(next !== undefined && { next }) }
}

// If whole views must be read, no more than this many at once, because a parked view may have the maximum size.
const CHUNK = 10

/** The marks of those views that are parked, by key. */
export async function readMarks(
  viewStore: ViewStore,
  { projection, version }: ProjectionVersion,
  keys: readonly string[],
): Promise<Map<string, ParkedMark>> {
  if (keys.length === 0) return new Map()
  const found = await viewStore.getParked?.(projection, version, keys)
  if (found !== undefined) return found as unknown as Map<string, ParkedMark>
  const marks = new Map<string, ParkedMark>()
  for (let from = 0; from < keys.length; from += CHUNK) {
    for (const [key, { document }] of await viewStore.getMany(projection, version, keys.slice(from, from + CHUNK))) {
      const mark = parkedMark(document)
      if (mark) marks.set(key, mark)
    }
  }
  return marks
}

const PAGE = 100

/** How many sequences of a projection version are parked. Costs a read of a mark for each. */
export async function countParked(viewStore: ViewStore, which: ProjectionVersion): Promise<number> {
  let count = 0
  for await (const items of pagesOf(viewStore, which)) count += items.length
  return count
}

/** Where a marked view is parked. */
export const placeOf = ({ document }: Stored<ViewDocument>, { event, since }: ParkedMark): ParkedPlace => ({
  hash: (document.data as ParkedEntry | null)?.hash ?? event.hash,
  since,
})

/** Where sequences of a projection version are parked, up to a limit. Costs a read of a mark for each. */
export async function parkedPlaces(viewStore: ViewStore, which: ProjectionVersion): Promise<ParkedPlaces> {
  const places: ParkedPlace[] = []
  for (let after: string | undefined; ; ) {
    const limit = Math.min(PAGE, MOST_COUNTED - places.length)
    const { entries, next } = await listEntries(viewStore, which, { limit, after })
    const keys = entries.map(({ document }) => document.key)
    const marks = await readMarks(viewStore, which, keys)
    for (const entry of entries) {
      const mark = marks.get(entry.document.key)
      if (mark) places.push(placeOf(entry, mark))
    }
    if (next === undefined || places.length === MOST_COUNTED) return { places, more: next !== undefined }
    after = next
  }
}

/** Whether any sequence of a projection version is parked. */
export async function isAnyParked(viewStore: ViewStore, which: ProjectionVersion): Promise<boolean> {
  for await (const items of pagesOf(viewStore, which)) if (items.length > 0) return true
  return false
}

async function* pagesOf(viewStore: ViewStore, which: ProjectionVersion): AsyncIterable<readonly ParkedSummary[]> {
  for (let after: string | undefined; ; ) {
    const page = await listParked(viewStore, which, { limit: PAGE, ...(after !== undefined && { after }) })
    yield page.items
    after = page.next
    if (after === undefined) return
  }
}
