import { builtin } from '../builtin-modules.ts'
import { InvalidQuery } from '../errors/input.ts'
import type { Json } from '../json/json.ts'
import type { ViewQuery } from '../port/view-store.ts'
import { parsePath, valueAt } from '../reading/field-path.ts'
import { type Condition, parseFilter, type Scalar } from '../reading/filter.ts'
import { viewLimitOf } from '../reading/query-options.ts'
import { decodePageToken, encodePageToken, type PagePlace } from './page-token.ts'

/** A query of views, checked and taken apart. */
export type ViewSelection = {
  readonly conditions: readonly Condition[]
  readonly limit: number
  readonly isDescending: boolean
  /** The field in the data that views are ordered by; empty where the key alone is the order. */
  readonly path: readonly string[]
  /** Where the page before ended. */
  readonly after: PagePlace | undefined
  /** Makes the `next` of a page that ends at a place. */
  next(place: PagePlace): string
}

/** Takes a query of views apart. A page token is bound to the order and to the conditions. @throws InvalidQuery */
export function viewSelectionOf(query: ViewQuery): ViewSelection {
  const conditions = parseFilter(query.where)
  const { direction = 'ascending' } = query.orderBy ?? {}
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new InvalidQuery(`${JSON.stringify(direction)} must be ascending or descending`)
  }
  const path = query.orderBy === undefined ? [] : parsePath(query.orderBy.field)
  const name = `${path.length === 0 ? 'key' : `${direction}:${path.join('.')}`}${digestOf(conditions)}`
  return {
    conditions,
    limit: viewLimitOf(query),
    isDescending: direction === 'descending',
    path,
    after: query.after === undefined ? undefined : decodePageToken(name, query.after),
    next: (place) => encodePageToken(name, place),
  }
}

/** The value of a field that views can be ordered by: of what is missing, null, an array or an object, null. */
export function orderedValueAt(data: Json | undefined, path: readonly string[]): Scalar {
  const value = valueAt(data, path) ?? null
  return typeof value === 'object' ? null : value
}

// In whatever order the conditions were written.
function digestOf(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return ''
  const text = conditions.map((condition) => JSON.stringify(condition)).sort()
  return `:${builtin.crypto().createHash('sha256').update(JSON.stringify(text)).digest('base64url').slice(0, 16)}`
}
