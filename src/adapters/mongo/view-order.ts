import { InvalidQuery } from '../../core/errors/input.ts'
import { parsePath, type Scalar } from '../../core/filter.ts'
import type { Json } from '../../core/json.ts'
import type { ViewQuery } from '../../core/port/view-store.ts'
import { type DocumentFilter, isOfType, SCALARS } from './conditions.ts'

/** Where a page ended. */
export type Place = {
  /** Which of the order's parts it ended in. */
  readonly part: number
  readonly value: Scalar
  readonly key: string
}

/** A part of an order, which one indexed search reads. */
export type OrderPart = {
  readonly filters: readonly DocumentFilter[]
  readonly sort: Readonly<Record<string, 1 | -1>>
  /** What lies behind a place of this part. */
  behind(place: Place): DocumentFilter
}

/** In which order views come, as parts one after the other. */
export type Order = {
  /** Stands in page tokens, so that none is used with another order. */
  readonly name: string
  readonly parts: readonly OrderPart[]
  /** What of a view's data decides where it comes. */
  valueOf(data: Json): Scalar
}

/**
 * The order of a query. By a field, what is no object and no array comes first, in MongoDB's own order: missing or null,
 * numbers, strings, booleans, or the other way round; then the others by key, for a sort would look into arrays.
 *
 * @throws InvalidQuery
 */
export function orderOf({ orderBy }: Pick<ViewQuery, 'orderBy'>): Order {
  if (orderBy === undefined) return { name: 'key', parts: [byKey([])], valueOf: () => null }
  const { field: name, direction = 'ascending' } = orderBy
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new InvalidQuery(`${JSON.stringify(direction)} is not one of ascending, descending`)
  }
  const path = parsePath(name)
  const field = ['data', ...path].join('.')
  const scalar = isOfType(field, SCALARS)
  return {
    name: `${direction}:${name}`,
    parts: [byField(field, scalar, direction === 'descending'), byKey([{ $nor: [scalar] }])],
    valueOf: (data) => scalarAt(data, path),
  }
}

const byKey = (filters: readonly DocumentFilter[]): OrderPart => ({
  filters,
  sort: { key: 1 },
  behind: ({ key }) => ({ key: { $gt: key } }),
})

const TYPES = ['null', 'number', 'string', 'boolean'] as const
// What a comparison finds is of the type of its value, but for null; hence each type by itself.
const OF_TYPE = {
  null: { $eq: null },
  number: { $type: 'number' },
  string: { $type: 'string' },
  boolean: { $type: 'bool' },
}

const byField = (field: string, scalar: DocumentFilter, isDescending: boolean): OrderPart => ({
  filters: [scalar],
  sort: { [field]: isDescending ? -1 : 1, key: 1 },
  behind({ value, key }) {
    const type = TYPES.indexOf(value === null ? 'null' : (typeof value as (typeof TYPES)[number]))
    const later = isDescending ? TYPES.slice(0, type) : TYPES.slice(type + 1)
    const filters: DocumentFilter[] = [{ [field]: { $eq: value }, key: { $gt: key } }]
    if (value !== null) filters.push({ [field]: { [isDescending ? '$lt' : '$gt']: value } })
    return { $or: [...filters, ...later.map((type) => ({ [field]: OF_TYPE[type] }))] }
  },
})

function scalarAt(data: Json, path: readonly string[]): Scalar {
  const value = path.reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null
  }, data)
  return typeof value === 'object' ? null : (value as Scalar)
}
