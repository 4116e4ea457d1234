import type { Json } from '../../core/json/json.ts'
import type { Condition } from '../../core/reading/filter.ts'

/** The value at a path of member names, or undefined. Arrays and strings have no members here. */
export function valueAt(data: Json | undefined, path: readonly string[]): Json | undefined {
  let value: unknown = data
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) {
      return undefined
    }
    value = (value as Record<string, unknown>)[name]
  }
  return value as Json | undefined
}

/** Whether all conditions hold for the data. */
export const matches = (data: Json | undefined, conditions: readonly Condition[]): boolean =>
  conditions.every((condition) => holds(valueAt(data, condition.path), condition))

/** Strings in the order of code points, numbers in that of their values. */
export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

function holds(actual: Json | undefined, { operator, value }: Condition): boolean {
  if (operator === 'eq') return actual === value
  if (typeof actual !== typeof value) return false
  const order = compareValues(actual as string | number, value as string | number)
  if (operator === 'gt') return order > 0
  if (operator === 'gte') return order >= 0
  return operator === 'lt' ? order < 0 : order <= 0
}
