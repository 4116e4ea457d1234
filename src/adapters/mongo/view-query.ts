import type { Filter } from 'mongodb'
import { InvalidQuery } from '../../core/errors/input.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { parseFilter, type Scalar } from '../../core/reading/filter.ts'
import { viewLimitOf } from '../../core/reading/query-options.ts'
import { type StoredRecord, toStored } from './client/stored-record.ts'
import { conditionFilters, type DocumentFilter } from './conditions.ts'
import type { Handle } from './handle.ts'
import { type Order, orderOf, type Place } from './views/view-order.ts'

/** `ViewStore.query`. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  const { views } = handle.collections
  return async (query) => {
    handle.assertOpen()
    const limit = viewLimitOf(query)
    const order = orderOf(query)
    const after = query.after === undefined ? undefined : decode(query.after, order.name)
    const filters: readonly DocumentFilter[] = [
      shownViews(query.projection, query.version),
      ...conditionFilters(parseFilter(query.where), 'data'),
    ]
    const found: { readonly view: Stored<ViewDocument>; readonly part: Place['part'] }[] = []
    for (const { part, filters: own, sort } of order.behind(after)) {
      const lacking = limit + 1 - found.length
      if (lacking === 0) break
      const filter = { $and: [...filters, ...own] } as Filter<StoredRecord>
      // By a field without an index, what is asked for is sorted, which may be more than fits into memory.
      const paging = { sort, limit: lacking, batchSize: lacking, allowDiskUse: true }
      const records = await handle.run((attempt) => views.find(filter, { ...attempt, ...paging }).toArray())
      found.push(...records.map((record) => ({ view: toStored<ViewDocument>(record), part })))
    }
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const answer = page.map(({ view }) => view)
    if (found.length <= limit || last === undefined) return { views: answer }
    const { data, key } = last.view.document
    return { views: answer, next: encode({ part: last.part, value: order.valueOf(data), key }, order) }
  }
}

/** The views of a projection version that readers see. The first two conditions are those of its own indexes. */
const shownViews = (projection: string, version: number): DocumentFilter => ({
  projection: { $eq: projection },
  version: { $eq: version },
  data: { $type: 'object' },
})

const encode = ({ part, value, key }: Place, { name }: Order): string =>
  Buffer.from(JSON.stringify([name, part, value, key])).toString('base64url')

function decode(token: string, order: string): Place {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch (cause) {
    throw new InvalidQuery('This is no page token of a query', { cause })
  }
  const [of, part, value, key] = Array.isArray(place) ? place : []
  if (of !== order || (part !== 0 && part !== 1) || !isScalar(value) || typeof key !== 'string') {
    throw new InvalidQuery('This is no page token of this query')
  }
  return { part, value, key }
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
