import type { Filter } from 'mongodb'
import { orderedValueAt, viewSelectionOf } from '../../core/adapters/view-selection.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewCount, ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { type Condition, parseFilter } from '../../core/reading/filter.ts'
import { type StoredRecord, toStored } from './client/stored-record.ts'
import { conditionFilters, type DocumentFilter } from './conditions.ts'
import type { Handle } from './handle.ts'
import { type Search, searchesOf } from './views/view-order.ts'

/** `ViewStore.query`. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const { views } = handle.collections
  return async (query) => {
    handle.assertOpen()
    const selection = viewSelectionOf(query)
    const { conditions, limit, path, next } = selection
    const filters = filtersOf(query, conditions)
    const found: { readonly view: Stored<ViewDocument>; readonly part: Search['part'] }[] = []
    for (const { part, filters: own, sort } of searchesOf(selection)) {
      const lacking = limit + 1 - found.length
      if (lacking === 0) break
      const filter = { $and: [...filters, ...own] } as Filter<StoredRecord>
      // By a field without an index, the results are sorted, which may need more memory than is available.
      const paging = { sort, limit: lacking, batchSize: lacking, allowDiskUse: true }
      const records = await handle.run((attempt) => views.find(filter, { ...attempt, ...paging }).toArray())
      found.push(...records.map((record) => ({ view: toStored<ViewDocument>(record), part })))
    }
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const answer = page.map(({ view }) => view)
    if (found.length <= limit || last === undefined) return { views: answer }
    const { data, key } = last.view.document
    const value = path.length === 0 ? null : orderedValueAt(data, path)
    return { views: answer, next: next({ value, key, part: last.part }) }
  }
}

/** `ViewStore.count`. */
export function viewCounter(handle: Handle): ViewStore['count'] {
  const { views } = handle.collections
  return async (query) => {
    handle.assertOpen()
    const filter = { $and: filtersOf(query, parseFilter(query.where)) } as Filter<StoredRecord>
    return handle.run((attempt) => views.countDocuments(filter, { ...attempt }))
  }
}

// Those of a projection version that readers see. The first two conditions are those of its own indexes.
const filtersOf = ({ projection, version }: ViewCount, conditions: readonly Condition[]): readonly DocumentFilter[] => [
  { projection: { $eq: projection }, version: { $eq: version }, data: { $type: 'object' } },
  ...conditionFilters(conditions, 'data'),
]
