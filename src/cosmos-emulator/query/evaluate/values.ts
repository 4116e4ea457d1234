import type { JsonValue } from '../../engine/types.ts'

/** A value of the query language: JSON, or `undefined` for what is not there. */
export type Value = JsonValue | undefined

const RANKS = ['undefined', 'null', 'boolean', 'number', 'string', 'array', 'object'] as const
/** A type of the query language, in the order in which `ORDER BY` puts them. */
export type ValueType = (typeof RANKS)[number]

export function typeOf(value: Value): ValueType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value as ValueType
}

/**
 * The order of values: undefined, null, false, true, numbers, strings by code point, arrays, objects; the last two
 * have no order among themselves.
 */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  const typeOfA = typeOf(a)
  const typeOfB = typeOf(b)
  if (typeOfA !== typeOfB) return RANKS.indexOf(typeOfA) - RANKS.indexOf(typeOfB)
  return typeOfA === 'boolean' ? Number(a) - Number(b) : 0
}

/** The order of strings by code point, as of their UTF-8 bytes; `<` would order by UTF-16 unit. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rankOfUnit(x) - rankOfUnit(y)
  }
  return a.length - b.length
}

// Surrogates represent code points above 0xffff, so they sort after the units from 0xe000 on.
function rankOfUnit(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/** `a = b`: undefined when either is, false for values of two types. Objects are equal member by member. */
export function equals(a: Value, b: Value): boolean | undefined {
  return a === undefined || b === undefined ? undefined : isEqual(a, b)
}

/** @param partial an object `b` needs to hold for some members of `a` only, as in `ARRAY_CONTAINS(…, true)` */
export function isEqual(a: JsonValue, b: JsonValue, partial = false): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((element, i) => isEqual(element, b[i] as JsonValue, partial))
  }
  const names = Object.keys(b)
  if (!partial && names.length !== Object.keys(a).length) return false
  return names.every((name) => Object.hasOwn(a, name) && isEqual(a[name] as JsonValue, b[name] as JsonValue, partial))
}

/** A text that two values share only when they are equal; for `DISTINCT` and `GROUP BY`. */
export function identityOf(value: Value): string {
  if (value === undefined) return ''
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(identityOf).join()}]`
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${identityOf(value[name])}`).join()}}`
}

/** The property of an object, or the element of an array; own ones only. */
export function member(object: Value, property: Value): Value {
  if (typeof object !== 'object' || object === null) return undefined
  if (Array.isArray(object)) return typeof property === 'number' ? object[property] : undefined
  return typeof property === 'string' && Object.hasOwn(object, property) ? object[property] : undefined
}
