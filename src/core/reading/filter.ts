import { InvalidQuery } from '../errors/input.ts'
import { parsePath } from './field-path.ts'

/** A value that a filter compares with. */
export type Scalar = string | number | boolean | null

/** A range on one field. Strings compare by code point, numbers by value; a value of another type is outside. */
export type FieldRange = {
  readonly gt?: string | number
  readonly gte?: string | number
  readonly lt?: string | number
  readonly lte?: string | number
}

/** What must hold for the value of one field; of several operators, all. */
export type FieldOperators = FieldRange & {
  /** It equals one of these. With an empty list, nothing does. */
  readonly in?: readonly Scalar[]
  /** It does not equal this: another value or type, an array or an object, null, or no such field. */
  readonly ne?: Scalar
}

/**
 * Conditions on fields, all of which must hold. A field is a path of names joined by dots, such as `address.city`; a
 * path leads through objects only. A scalar means equality of type and value (`null` equals an explicit null, not a
 * missing field). A list under the name `or` holds alternatives, at least one of which must hold; an empty list never
 * does.
 */
export type Filter = { readonly [path: string]: Scalar | FieldOperators | readonly Filter[] }

/** One condition of a filter, taken apart for an adapter; of the alternatives of `or`, all conditions of one must hold. */
export type Condition =
  | { readonly operator: 'eq' | 'ne'; readonly path: readonly string[]; readonly value: Scalar }
  | { readonly operator: RangeOperator; readonly path: readonly string[]; readonly value: string | number }
  | { readonly operator: 'in'; readonly path: readonly string[]; readonly values: readonly Scalar[] }
  | { readonly operator: 'or'; readonly alternatives: readonly (readonly Condition[])[] }

/** An operator that compares by order. */
export type RangeOperator = keyof FieldRange

/**
 * What a filter may hold in all: databases refuse queries without bound. Each operator on a field is a condition.
 */
export const FILTER_LIMITS = { conditions: 100, alternatives: 100, values: 1000, nesting: 4 } as const

type Counts = { conditions: number; alternatives: number; values: number }

/**
 * Takes a filter apart, checking paths, operators, values and limits.
 *
 * @throws InvalidQuery
 */
export function parseFilter(filter: Filter | undefined): readonly Condition[] {
  // Whatever has no members of its own would hold for everything.
  const given = filter ?? {}
  if (!isPlain(given)) throw new InvalidQuery('A filter must be an object of conditions')
  return conditionsOf(given, 0, { conditions: 0, alternatives: 0, values: 0 })
}

function conditionsOf(filter: Filter, nesting: number, counts: Counts): readonly Condition[] {
  return Object.entries(filter).flatMap(([name, test]): readonly Condition[] => {
    // A field of this name is never compared with a list, so that it can be told from alternatives.
    if (name === 'or' && Array.isArray(test)) return [alternativesOf(test, nesting + 1, counts)]
    const path = parsePath(name)
    if (typeof test !== 'object' || test === null) {
      count(counts, 'conditions')
      return [{ operator: 'eq', path, value: scalar(name, test) }]
    }
    if (Array.isArray(test)) throw new InvalidQuery(`${name} is compared with a list: write { in: […] }`)
    const operators = Object.entries(test).filter(([, value]) => value !== undefined)
    if (operators.length === 0) throw new InvalidQuery(`The condition on ${name} names no operator`)
    count(counts, 'conditions', operators.length)
    return operators.map(([operator, value]) => conditionOf(name, path, operator, value, counts))
  })
}

function alternativesOf(list: readonly unknown[], nesting: number, counts: Counts): Condition {
  if (nesting > FILTER_LIMITS.nesting) {
    throw new InvalidQuery(`Alternatives are nested more than ${FILTER_LIMITS.nesting} deep`)
  }
  count(counts, 'alternatives', list.length)
  const alternatives = Array.from(list, (one) => {
    if (!isPlain(one)) throw new InvalidQuery('An alternative of or must be an object of conditions')
    return conditionsOf(one, nesting, counts)
  })
  return { operator: 'or', alternatives }
}

// Objects of another realm have another prototype, so that it is the tag that tells them from a Date or a Map.
const isPlain = (value: unknown): value is Filter => Object.prototype.toString.call(value) === '[object Object]'

function conditionOf(
  name: string,
  path: readonly string[],
  operator: string,
  value: unknown,
  counts: Counts,
): Condition {
  switch (operator) {
    case 'ne':
      return { operator, path, value: scalar(name, value) }
    case 'in': {
      if (!Array.isArray(value)) throw new InvalidQuery(`The values of in on ${name} must be an array`)
      count(counts, 'values', value.length)
      return { operator, path, values: [...new Set(Array.from(value, (one) => scalar(name, one)))] }
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const bound = scalar(name, value)
      if (typeof bound === 'string' || typeof bound === 'number') return { operator, path, value: bound }
      throw new InvalidQuery(`The range on ${name} needs strings or numbers`)
    }
    default:
      throw new InvalidQuery(`${JSON.stringify(operator)} on ${name} is not one of gt, gte, lt, lte, in, ne`)
  }
}

function count(counts: Counts, what: keyof Counts, more = 1): void {
  counts[what] += more
  if (counts[what] > FILTER_LIMITS[what]) {
    throw new InvalidQuery(`The filter has more than ${FILTER_LIMITS[what]} ${NAMES[what]}`)
  }
}

const NAMES = { conditions: 'conditions', alternatives: 'alternatives in or', values: 'values in lists' } as const

function scalar(name: string, value: unknown): Scalar {
  if (value === null || typeof value === 'boolean') return value
  // What is stored has no lone surrogate, and databases would compare with another text instead.
  if (typeof value === 'string' && value.isWellFormed()) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new InvalidQuery(`The value for ${name} must be well-formed text, a finite number, a boolean or null`)
}
