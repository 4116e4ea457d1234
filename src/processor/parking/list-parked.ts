import type { ViewRef, ViewStore } from '../../core/port/view-store.ts'
import { type ParkedMark, parkedMark } from '../../projections/parking/mark.ts'
import { parkedOf } from '../../projections/parking/reserved.ts'

/** A parked sequence in a list. */
export type ParkedSummary = Pick<ParkedMark, 'since' | 'attempts' | 'error' | 'event' | 'waiting'> & {
  readonly key: string
}

/** Parked sequences, and what to give as `after` for those that follow, where there are any. */
export type ParkedPage = { readonly items: readonly ParkedSummary[]; readonly next?: string }

type ProjectionVersion = Pick<ViewRef, 'projection' | 'version'>

/** Lists the parked sequences of a projection version by key. A page may be shorter than `limit`, and not the last. */
export async function listParked(
  viewStore: ViewStore,
  { projection, version }: ProjectionVersion,
  { limit = 100, after }: { readonly limit?: number; readonly after?: string },
): Promise<ParkedPage> {
  const query = { projection: parkedOf(projection), version, limit, ...(after !== undefined && { after }) }
  const { views: entries, next } = await viewStore.query(query)
  const keys = entries.map(({ document }) => document.key)
  const views = keys.length > 0 ? await viewStore.getMany(projection, version, keys) : new Map()
  const items = keys.flatMap((key): ParkedSummary[] => {
    const mark = parkedMark(views.get(key)?.document)
    if (mark === undefined) return []
    const { since, attempts, error, event, waiting } = mark
    return [{ key, since, attempts, error, event, waiting }]
  })
  return { items, ...(next !== undefined && { next }) }
}

/** How many sequences of a projection version are parked. Costs a read for each, and one more where there is none. */
export async function countParked(viewStore: ViewStore, projection: ProjectionVersion): Promise<number> {
  let count = 0
  for (let after: string | undefined; ; ) {
    const page = await listParked(viewStore, projection, { limit: 1000, ...(after !== undefined && { after }) })
    count += page.items.length
    after = page.next
    if (after === undefined) return count
  }
}
