import { identityOf, isEqual } from '../evaluate/values.ts'
import { type BuiltIn, ofAny } from './define.ts'

/** The functions of arrays. */
export const ARRAY_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  ARRAY_CONCAT: ofAny(2, Number.POSITIVE_INFINITY, (...arrays) =>
    arrays.every((array) => Array.isArray(array)) ? arrays.flat(1) : undefined,
  ),
  ARRAY_CONTAINS: ofAny(2, 3, (array, value, partial = false) => {
    if (!Array.isArray(array)) return undefined
    if (value === undefined) return false
    // The common case, one value among thousands, needs no look into objects.
    if (typeof value !== 'object' || value === null) return array.includes(value)
    return array.some((element) => isEqual(element, value, partial === true))
  }),
  ARRAY_LENGTH: ofAny(1, 1, (array) => (Array.isArray(array) ? array.length : undefined)),
  ARRAY_SLICE: ofAny(2, 3, (array, from, count) => {
    if (!Array.isArray(array) || typeof from !== 'number') return undefined
    const start = from < 0 ? Math.max(0, array.length + from) : from
    return array.slice(start, typeof count === 'number' ? start + Math.max(0, count) : undefined)
  }),
  SETINTERSECT: ofAny(2, 2, (a, b) => {
    if (!Array.isArray(a) || !Array.isArray(b)) return undefined
    const known = new Set(b.map(identityOf))
    return distinct(a).filter((element) => known.has(identityOf(element)))
  }),
  SETUNION: ofAny(2, 2, (a, b) => (Array.isArray(a) && Array.isArray(b) ? distinct([...a, ...b]) : undefined)),
}

function distinct<T extends Parameters<typeof identityOf>[0]>(elements: readonly T[]): T[] {
  return [...new Map(elements.map((element) => [identityOf(element), element])).values()]
}
