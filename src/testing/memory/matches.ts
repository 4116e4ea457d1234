import { compareTexts } from '../../core/adapters/compare-events.ts'
import type { Json } from '../../core/json/json.ts'
import { valueAt } from '../../core/reading/field-path.ts'
import type { Condition } from '../../core/reading/filter.ts'

/** Whether all conditions hold for the data. */
export const matches = (data: Json | undefined, conditions: readonly Condition[]): boolean =>
  conditions.every((condition) => holds(data, condition))

/** Strings in the order of code points, numbers in that of their values. */
export function compareValues(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareTexts(String(a), String(b))
}

function holds(data: Json | undefined, condition: Condition): boolean {
  if (condition.operator === 'or') return condition.alternatives.some((all) => matches(data, all))
  const actual = valueAt(data, condition.path)
  if (condition.operator === 'in') return condition.values.some((value) => actual === value)
  const { operator, value } = condition
  if (operator === 'eq') return actual === value
  if (operator === 'ne') return actual !== value
  if (typeof actual !== typeof value) return false
  const order = compareValues(actual as string | number, value as string | number)
  if (operator === 'gt') return order > 0
  if (operator === 'gte') return order >= 0
  return operator === 'lt' ? order < 0 : order <= 0
}
