import { InvalidQuery } from '../../../core/errors/input.ts'
import type { Json } from '../../../core/json/json.ts'
import type { ViewQuery } from '../../../core/port/view-store.ts'
import { parsePath, type Scalar } from '../../../core/reading/filter.ts'
import { type DocumentFilter, isOfType, SCALARS } from '../conditions.ts'

/** Where a page ended. */
export type Place = {
  /** 0, or 1 among the views that come last, by their keys. */
  readonly part: 0 | 1
  readonly value: Scalar
  readonly key: string
}

/** A search that one index serves, in its order and without a sort. */
export type Search = {
  readonly part: Place['part']
  readonly filters: readonly DocumentFilter[]
  readonly sort: Readonly<Record<string, 1 | -1>>
}

/** In which order views come. */
export type Order = {
  /** Stands in page tokens, so that none is used with another order. */
  readonly name: string
  /** The searches that find, one after the other, what lies behind a place, or all there is. */
  behind(place: Place | undefined): readonly Search[]
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
  if (orderBy === undefined) return { name: 'key', behind: (place) => [byKey(0, [], place)], valueOf: () => null }
  const { field: name, direction = 'ascending' } = orderBy
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new InvalidQuery(`${JSON.stringify(direction)} is not one of ascending, descending`)
  }
  const path = parsePath(name)
  const field = ['data', ...path].join('.')
  const scalar = isOfType(field, SCALARS)
  const sort = { [field]: direction === 'descending' ? -1 : 1, key: 1 } as const
  return {
    name: `${direction}:${name}`,
    behind(place) {
      const others = byKey(1, [{ $nor: [scalar] }], place)
      if (place?.part === 1) return [others]
      const parts = place === undefined ? [{}] : partsBehind(place, field, direction === 'descending')
      return [...parts.map((part): Search => ({ part: 0, filters: [scalar, part], sort })), others]
    },
    valueOf: (data) => scalarAt(data, path),
  }
}

const byKey = (part: Place['part'], filters: readonly DocumentFilter[], place: Place | undefined): Search => ({
  part,
  filters: place?.part === part ? [...filters, { key: { $gt: place.key } }] : filters,
  sort: { key: 1 },
})

const TYPES = ['null', 'number', 'string', 'boolean'] as const
const OF_TYPE = {
  null: { $eq: null },
  number: { $type: 'number' },
  string: { $type: 'string' },
  boolean: { $type: 'bool' },
}

// What a comparison finds is of the type of its value. Each part is one stretch of an index: of several, joined by $or,
// the server makes a sort of all there is.
function partsBehind({ value, key }: Place, field: string, isDescending: boolean): DocumentFilter[] {
  const type = TYPES.indexOf(value === null ? 'null' : (typeof value as (typeof TYPES)[number]))
  const later = isDescending ? TYPES.slice(0, type).toReversed() : TYPES.slice(type + 1)
  const same = { [field]: { $eq: value }, key: { $gt: key } }
  const beyond = value === null ? [] : [{ [field]: { [isDescending ? '$lt' : '$gt']: value } }]
  return [same, ...beyond, ...later.map((type) => ({ [field]: OF_TYPE[type] }))]
}

function scalarAt(data: Json, path: readonly string[]): Scalar {
  const value = path.reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null
  }, data)
  return typeof value === 'object' ? null : (value as Scalar)
}
