import { InvalidQuery } from '../../../core/errors/input.ts'
import type { ViewDocument, ViewQuery } from '../../../core/port/view-store.ts'
import { parsePath } from '../../../core/reading/filter.ts'

/** What a view is ordered by besides its key; null stands for whatever is no boolean, number or string. */
export type Sortable = string | number | boolean | null

/** Where a view stands in an order. */
export type Place = { readonly value: Sortable; readonly key: string }

/** The order of a query. */
export type Order = {
  /** Stands in page tokens, so that none is used with another order. */
  readonly name: string
  readonly isDescending: boolean
  /** The field in the data, or nothing where the key alone is the order. */
  readonly path: readonly string[]
}

/** One after the other, these hold every value exactly once: whatever has one value, or whatever is of one type. */
export type Section = { readonly value: null | boolean } | { readonly type: 'number' | 'string' }

const ASCENDING: readonly Section[] = [
  { value: null },
  { value: false },
  { value: true },
  { type: 'number' },
  { type: 'string' },
]

/** The sections of an order, in its direction. */
export function sectionsOf({ path, isDescending }: Order): readonly Section[] {
  if (path.length === 0) return [{ value: null }]
  return isDescending ? ASCENDING.toReversed() : ASCENDING
}

/** Whether a place lies in a section. */
export const isIn = (section: Section, { value }: Place): boolean =>
  'type' in section ? typeof value === section.type : value === section.value

/** The order that a query asks for. @throws InvalidQuery */
export function orderOf({ orderBy }: ViewQuery): Order {
  if (orderBy === undefined) return { name: 'key', isDescending: false, path: [] }
  const { field, direction = 'ascending' } = orderBy
  if (direction !== 'ascending' && direction !== 'descending') {
    throw new InvalidQuery(`${JSON.stringify(direction)} is not one of ascending, descending`)
  }
  return { name: `${direction}:${field}`, isDescending: direction === 'descending', path: parsePath(field) }
}

/** Where a view stands. */
export function placeOf({ path }: Order, { key, data }: ViewDocument): Place {
  if (path.length === 0) return { value: null, key }
  const value = path.reduce<unknown>((part, name) => memberOf(part, name), data)
  const isSortable = typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
  return { value: isSortable ? value : null, key }
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined

/** Below 0, 0 or above 0 as `a` stands before, at or after `b`, which lies in the same section. */
export function comparePlaces({ isDescending }: Order, a: Place, b: Place): number {
  const byValue = compareValues(a.value, b.value)
  return (isDescending ? -byValue : byValue) || compareTexts(a.key, b.key)
}

function compareValues(a: Sortable, b: Sortable): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) : 0
}

// By code point, as UTF-8 sorts; JavaScript's own way goes by UTF-16 units.
const compareTexts = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** What to give as `after` for the views behind a place. */
export const encodePlace = ({ name }: Order, { value, key }: Place): string =>
  Buffer.from(JSON.stringify([name, value, key])).toString('base64url')

// A token comes from outside. No view has a longer key, and none is longer than a document.
const LONGEST_KEY = 200
const LONGEST_TOKEN = 4 * 1024 * 1024

/** The place in a page token. @throws InvalidQuery when it is none of this order */
export function decodePlace({ name, path }: Order, token: string): Place {
  if (token.length > LONGEST_TOKEN) throw new InvalidQuery('This is no page token of a query')
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch (cause) {
    throw new InvalidQuery('This is no page token of a query', { cause })
  }
  const [of, value, key] = Array.isArray(parts) ? parts : []
  const isValue = value === null || (path.length > 0 && ['boolean', 'number', 'string'].includes(typeof value))
  if (of !== name || typeof key !== 'string' || key.length > LONGEST_KEY || !isValue)
    throw new InvalidQuery('This is no page token of this query')
  return { value, key }
}
