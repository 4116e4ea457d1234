import type { Document } from 'mongodb'
import { compareValues, typeOf } from './compare.ts'

/** What lies at a path: one value, or those of the members of arrays on the way. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [name, ...rest] = path
  if (name === undefined) return [value]
  if (Array.isArray(value)) {
    const inside = value.filter((one) => typeOf(one) === 'object').flatMap((one) => valuesAt(one, path))
    return /^\d+$/.test(name) ? [...valuesAt(value[Number(name)], rest), ...inside] : inside
  }
  if (typeOf(value) !== 'object') return [undefined]
  return valuesAt(memberOf(value as Document, name), rest)
}

/** The one value at a path that leads through no array. */
export const valueAt = (document: unknown, path: string): unknown =>
  namesIn(path).reduce<unknown>(
    (value, name) => (typeOf(value) === 'object' ? memberOf(value as Document, name) : undefined),
    document,
  )

export const memberOf = (value: Document, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined

// Most paths lead through no array.
function foundAt(document: Document, path: string): readonly unknown[] {
  let value: unknown = document
  for (const name of namesIn(path)) {
    if (Array.isArray(value)) return valuesAt(document, namesIn(path))
    value = typeof value === 'object' && value !== null ? memberOf(value, name) : undefined
  }
  return [value]
}

const paths = new Map<string, readonly string[]>()

function namesIn(path: string): readonly string[] {
  const names = paths.get(path) ?? path.split('.')
  paths.set(path, names)
  return names
}

/** Whether a document is among those that a filter selects. @throws RangeError for an operator that is not known here */
export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    switch (name) {
      case '$and':
        return (condition as Document[]).every((one) => matches(document, one))
      case '$or':
        return (condition as Document[]).some((one) => matches(document, one))
      case '$nor':
        return !(condition as Document[]).some((one) => matches(document, one))
      case '$expr':
        return evaluate(document, condition) === true
      default:
        return matchesField(foundAt(document, name), condition)
    }
  })
}

function matchesField(found: readonly unknown[], condition: unknown): boolean {
  const isOperators =
    typeOf(condition) === 'object' && Object.keys(condition as object).some((key) => key.startsWith('$'))
  if (!isOperators) return equals(found, condition)
  return Object.entries(condition as Document).every(([operator, operand]) => test(found, operator, operand))
}

function test(found: readonly unknown[], operator: string, operand: unknown): boolean {
  switch (operator) {
    case '$eq':
      return equals(found, operand)
    case '$ne':
      return !equals(found, operand)
    case '$in':
      return (operand as unknown[]).some((one) => equals(found, one))
    case '$exists':
      return found.some((value) => value !== undefined) === operand
    case '$type':
      return unfolded(found).some((value) => isOfType(value, String(operand)))
    case '$gt':
      return unfolded(found).some((value) => typeOf(value) === typeOf(operand) && compareValues(value, operand) > 0)
    case '$gte':
      return unfolded(found).some((value) => typeOf(value) === typeOf(operand) && compareValues(value, operand) >= 0)
    case '$lt':
      return unfolded(found).some((value) => typeOf(value) === typeOf(operand) && compareValues(value, operand) < 0)
    case '$lte':
      return unfolded(found).some((value) => typeOf(value) === typeOf(operand) && compareValues(value, operand) <= 0)
    default:
      throw new RangeError(`The model knows no ${operator}`)
  }
}

const equals = (found: readonly unknown[], operand: unknown): boolean =>
  unfolded(found).some((value) => compareValues(value, operand) === 0)

// A condition on an array is one on it and on each of its members.
const unfolded = (found: readonly unknown[]): readonly unknown[] =>
  found.some(Array.isArray) ? found.flatMap((value) => (Array.isArray(value) ? [value, ...value] : [value])) : found

const isOfType = (value: unknown, type: string): boolean =>
  type === 'null' ? value === null : value !== undefined && value !== null && typeOf(value) === type

/** Expressions: `$in`, `$eq`, `$type`, fields and constants. */
function evaluate(document: Document, expression: unknown): unknown {
  if (typeof expression === 'string') {
    return expression.startsWith('$') ? expressionAt(document, expression.slice(1).split('.')) : expression
  }
  if (Array.isArray(expression)) return expression.map((one) => evaluate(document, one))
  const [operator, operand] = Object.entries(expression as Document)[0] ?? []
  switch (operator) {
    case '$in': {
      const [value, list] = evaluate(document, operand) as [unknown, unknown[]]
      return list.some((one) => compareValues(one, value) === 0)
    }
    case '$eq': {
      const [a, b] = evaluate(document, operand) as [unknown, unknown]
      return compareValues(a, b) === 0
    }
    case '$type':
      return nameOfType(evaluate(document, operand))
    default:
      throw new RangeError(`The model knows no ${operator} in an expression`)
  }
}

// In an expression, a path through an array gives the array of what its members have there.
function expressionAt(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path
  if (name === undefined) return value
  if (Array.isArray(value)) return value.map((one) => expressionAt(one, path)).filter((one) => one !== undefined)
  return typeOf(value) === 'object' ? expressionAt(memberOf(value as Document, name), rest) : undefined
}

function nameOfType(value: unknown): string {
  if (value === undefined) return 'missing'
  const type = typeOf(value)
  if (type === 'number') return Number.isInteger(Number(value)) && Math.abs(Number(value)) < 2 ** 31 ? 'int' : 'double'
  return type
}
