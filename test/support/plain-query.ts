import type { Json, JsonObject } from '../../src/core/json/json.ts'
import type { ViewQuery } from '../../src/core/port/view-store.ts'
import type { Filter } from '../../src/core/reading/filter.ts'

// What queries of views mean, written down as simply as JavaScript lets one, for adapters to be compared with.

type Data = Readonly<Record<string, JsonObject>>

/** The keys of all views that a filter holds for. */
export const keysWhere = (data: Data, where: Filter): string[] =>
  Object.keys(data).filter((key) => holds(data[key], where))

function holds(view: Json | undefined, where: Filter): boolean {
  return Object.entries(where).every(([path, test]) => {
    if (path === 'or' && Array.isArray(test)) return (test as readonly Filter[]).some((one) => holds(view, one))
    const value = at(view, path)
    if (test === null || typeof test !== 'object') return value === test
    return Object.entries(test).every(([operator, operand]) => {
      if (operator === 'in') return operand.includes(value)
      if (operator === 'ne') return value !== operand
      if (typeof value !== typeof operand) return false
      const order = typeof operand === 'string' ? byBytes(String(value), operand) : Number(value) - operand
      return { gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator]
    })
  })
}

const at = (view: Json | undefined, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }, view)

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/**
 * What is wrong with the order of keys, or undefined. How values of different types are ordered is the database's
 * business, and so is where arrays come, also those on the way to the field; but what is missing or null comes first when
 * ascending, and last when descending.
 */
export function orderFault(data: Data, keys: readonly string[], orderBy: ViewQuery['orderBy']): string | undefined {
  if (orderBy === undefined) return sameOrder('key', keys, keys.toSorted(byBytes))
  const ordered = (key: string) => {
    const parents = orderBy.field.split('.').map((_, i, names) => at(data[key], names.slice(0, i).join('.')))
    return parents.find(Array.isArray) ?? at(data[key], orderBy.field) ?? null
  }
  const sign = orderBy.direction === 'descending' ? -1 : 1
  const ofType = (type: string) => keys.filter((key) => ordered(key) !== null && typeof ordered(key) === type)
  const compare = (a: string, b: string): number => {
    const [left, right] = [ordered(a), ordered(b)]
    const byValue = typeof left === 'string' ? byBytes(left, String(right)) : Number(left) - Number(right)
    return sign * byValue || byBytes(a, b)
  }
  const nulls = keys.filter((key) => ordered(key) === null)
  const scalars = keys.filter((key) => typeof ordered(key) !== 'object')
  const known = keys.filter((key) => ordered(key) === null || typeof ordered(key) !== 'object')
  return (
    ['number', 'string', 'boolean']
      .map((type) => sameOrder(type, ofType(type), ofType(type).toSorted(compare)))
      .find((fault) => fault !== undefined) ??
    sameOrder('null', nulls, nulls.toSorted(byBytes)) ??
    sameOrder('null and others', known, sign > 0 ? [...nulls, ...scalars] : [...scalars, ...nulls])
  )
}

const sameOrder = (what: string, found: readonly string[], wanted: readonly string[]): string | undefined =>
  found.join() === wanted.join() ? undefined : `${what}: ${found.join()} instead of ${wanted.join()}`
