import { InvalidQuery } from '../errors/input.ts'

/** A value that a filter compares with. */
export type Scalar = string | number | boolean | null

/** A range on one field. Strings compare by code point, numbers by value; a value of another type is outside. */
export type FieldRange = {
  readonly gt?: string | number
  readonly gte?: string | number
  readonly lt?: string | number
  readonly lte?: string | number
}

/**
 * Conditions on fields, all of which must hold. A field is a path of names joined by dots, such as `address.city`. A
 * scalar means equality of type and value (`null` matches an explicit null, not a missing field).
 */
export type Filter = { readonly [path: string]: Scalar | FieldRange }

/** One condition of a filter, taken apart for an adapter. */
export type Condition = {
  readonly path: readonly string[]
  readonly operator: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'
  readonly value: Scalar
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/
const MAX_DEPTH = 8

/** The most conditions of a filter, each bound of a range being one: databases refuse queries without bound. */
const MAX_CONDITIONS = 100

/**
 * Takes a field path apart; only letters, digits, `_` and `-` in its names, so that no text of a caller ends up as
 * query language.
 *
 * @throws InvalidQuery
 */
export function parsePath(path: string): readonly string[] {
  const names = path.split('.')
  if (names.length > MAX_DEPTH || !names.every((name) => NAME.test(name))) {
    throw new InvalidQuery(`${JSON.stringify(path)} is not a field path`)
  }
  return names
}

/** Takes a filter apart, checking paths, operators and values. @throws InvalidQuery */
export function parseFilter(filter: Filter | undefined): readonly Condition[] {
  const conditions: Condition[] = []
  for (const [field, test] of Object.entries(filter ?? {})) {
    const path = parsePath(field)
    if (test === null || typeof test !== 'object') {
      conditions.push({ path, operator: 'eq', value: scalar(field, test) })
      continue
    }
    const entries = Object.entries(test).filter(([, value]) => value !== undefined)
    if (entries.length === 0) throw new InvalidQuery(`The range on ${field} is empty`)
    for (const [operator, value] of entries) {
      if (operator !== 'gt' && operator !== 'gte' && operator !== 'lt' && operator !== 'lte') {
        throw new InvalidQuery(`${JSON.stringify(operator)} on ${field} is not one of gt, gte, lt, lte`)
      }
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw new InvalidQuery(`The range on ${field} needs strings or numbers`)
      }
      conditions.push({ path, operator, value: scalar(field, value) })
    }
  }
  if (conditions.length > MAX_CONDITIONS) {
    throw new InvalidQuery(`The filter has ${conditions.length} conditions; ${MAX_CONDITIONS} are the most`)
  }
  return conditions
}

function scalar(field: string, value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new InvalidQuery(`The value for ${field} must be a string, a finite number, a boolean or null`)
}
