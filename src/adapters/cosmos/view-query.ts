import type { PagePlace } from '../../core/adapters/page-token.ts'
import { viewSelectionOf } from '../../core/adapters/view-selection.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { parseFilter, type Scalar } from '../../core/reading/filter.ts'
import type { RawDocument } from './client/items.ts'
import type { Sql } from './conditions.ts'
import type { Handle } from './handle.ts'
import { partitionQueries } from './partitions/partition-queries.ts'
import { toStored } from './stored-documents.ts'
import { comparePlaces, isIn, type Order, placeOf, type Section, sectionsOf } from './view-query/order.ts'
import { byKeySql, byValueSql, countSql, type Selection } from './view-query/sql.ts'

type View = Stored<ViewDocument>

/**
 * `ViewStore.query`. Values of different types are in the order missing, null and unordered values, booleans, numbers,
 * strings: section by section, because a query that is ordered by values of one type needs no index but the field's
 * own. Ties are read by key in a separate query where a page begins or ends among them.
 */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const queries = partitionQueries(handle.containers.views)
  return async (query) => {
    const order = viewSelectionOf(query)
    const { conditions, limit, after } = order
    const { projection, version } = query
    const selection: Selection = { projection, version, conditions }
    return handle.run('view.query', async (operation) => {
      const ask = async (sql: Sql, most: number): Promise<View[]> => {
        const rows = (await queries.each<RawDocument>(operation, sql, { most })).flat()
        const views = rows.map((raw) => toStored<ViewDocument>(raw))
        const places = new Map(views.map((view) => [view, placeOf(order, view.document)]))
        views.sort((a, b) => comparePlaces(order, places.get(a) as PagePlace, places.get(b) as PagePlace))
        return views.slice(0, most)
      }
      // One more than requested shows whether there is a next page.
      const found = await collect(ask, selection, order, after, limit + 1)
      const views = found.slice(0, limit)
      const last = views.at(-1)
      if (found.length <= limit || last === undefined) return { views }
      return { views, next: order.next(placeOf(order, last.document)) }
    })
  }
}

/** `ViewStore.count`. */
export function viewCounter(handle: Handle): ViewStore['count'] {
  const queries = partitionQueries(handle.containers.views)
  return async ({ projection, version, where }) => {
    const sql = countSql({ projection, version, conditions: parseFilter(where) })
    return handle.run('view.count', async (operation) => {
      const counts = (await queries.each<number>(operation, sql)).flat()
      return counts.reduce((sum, count) => sum + count, 0)
    })
  }
}

type Ask = (sql: Sql, most: number) => Promise<View[]>

async function collect(
  ask: Ask,
  selection: Selection,
  order: Order,
  after: PagePlace | undefined,
  most: number,
): Promise<readonly View[]> {
  // By key: a view that changes while its page is put together may appear in two sections.
  const found = new Map<string, View>()
  const sections = sectionsOf(order)
  const first = after === undefined ? 0 : sections.findIndex((section) => isIn(section, after))
  for (const [i, section] of sections.slice(first).entries()) {
    const place = i === 0 ? after : undefined
    const views = await readSection(ask, selection, order, section, place, most - found.size)
    for (const view of views) found.set(view.document.key, view)
    if (found.size >= most) break
  }
  return [...found.values()]
}

async function readSection(
  ask: Ask,
  selection: Selection,
  order: Order,
  section: Section,
  after: PagePlace | undefined,
  most: number,
): Promise<readonly View[]> {
  const ofValue = (value: Scalar, afterKey: string | undefined, count: number) =>
    ask(byKeySql(selection, order, value, afterKey, count), count)
  if (!('type' in section)) return ofValue(section.value, after?.key, most)

  const begun = after === undefined ? [] : await ofValue(after.value, after.key, most)
  const open = most - begun.length
  if (open === 0) return begun
  const further = await ask(byValueSql(selection, order, section.type, after?.value, open), open)
  const last = further.at(-1)
  if (further.length < open || last === undefined) return [...begun, ...further]
  // The server chose which of the views with the last value are included.
  const { value } = placeOf(order, last.document)
  const whole = further.filter(({ document }) => placeOf(order, document).value !== value)
  return [...begun, ...whole, ...(await ofValue(value, undefined, open - whole.length))]
}
