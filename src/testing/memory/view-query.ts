import { InvalidQuery } from '../../core/errors/input.ts'
import type { Json } from '../../core/json/json.ts'
import type { Stored } from '../../core/port/save.ts'
import type { ViewDocument, ViewStore } from '../../core/port/view-store.ts'
import { parseFilter, parsePath } from '../../core/reading/filter.ts'
import { viewLimitOf } from '../../core/reading/query-options.ts'
import { storedOf } from './documents.ts'
import type { Handle } from './handle.ts'
import { compareValues, matches, valueAt } from './matches.ts'

/** `ViewStore.query` in memory. */
export function viewQuerier(handle: Handle): ViewStore['query'] {
  return async (query) => {
    handle.assertOpen()
    const conditions = parseFilter(query.where)
    const path = query.orderBy && parsePath(query.orderBy.field)
    const limit = viewLimitOf(query)
    const sign = query.orderBy?.direction === 'descending' ? -1 : 1
    const order = `${sign}:${path?.join('.') ?? ''}`
    const after = query.after === undefined ? undefined : decode(query.after, order)
    const placeOf = ({ document }: Stored<ViewDocument>): Place => ({
      value: path ? orderable(valueAt(document.data, path)) : null,
      key: document.key,
    })
    const compare = (a: Place, b: Place) => sign * compareOrderable(a.value, b.value) || compareValues(a.key, b.key)

    return handle.run(() => {
      const rest = [...handle.state.views.values()]
        .map((stored) => storedOf<ViewDocument>(stored))
        .filter(({ document }) => document.projection === query.projection && document.version === query.version)
        .filter(({ document }) => document.data !== null && matches(document.data, conditions))
        .filter((view) => after === undefined || compare(placeOf(view), after) > 0)
        .sort((a, b) => compare(placeOf(a), placeOf(b)))
      const views = rest.slice(0, limit)
      const last = views.at(-1)
      return rest.length > limit && last ? { views, next: encode(placeOf(last), order) } : { views }
    })
  }
}

type Orderable = string | number | boolean | null
type Place = { readonly value: Orderable; readonly key: string }

const orderable = (value: Json | undefined): Orderable =>
  value === undefined ? null : typeof value === 'object' ? null : value

function compareOrderable(a: Orderable, b: Orderable): number {
  const byType = rank(a) - rank(b)
  if (byType !== 0 || a === null || b === null) return byType
  return typeof a === 'boolean' ? Number(a) - Number(b) : compareValues(a, b as string | number)
}

const rank = (value: Orderable): number => ['object', 'boolean', 'number', 'string'].indexOf(typeof value)

const encode = ({ value, key }: Place, order: string): string =>
  Buffer.from(JSON.stringify([order, value, key])).toString('base64url')

function decode(token: string, order: string): Place {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch (cause) {
    throw new InvalidQuery('This is no page token of a query', { cause })
  }
  const [of, value, key] = Array.isArray(parts) ? parts : []
  if (of !== order || typeof key !== 'string' || value === undefined || (typeof value === 'object' && value !== null)) {
    throw new InvalidQuery('This is no page token of this query')
  }
  return { value, key }
}
