import { FilterError } from '../rule.ts'
import type { Value } from './values.ts'

type Numeric = bigint | number

/** Compares two values; unknown if one is. @throws FilterError if they cannot be compared */
export function compare(operator: string, left: Value, right: Value): Value {
  if (left === undefined || right === undefined) return undefined
  if (left === null || right === null) return undefined
  if (operator === '=') return isEqual(left, right)
  if (operator === '<>' || operator === '!=') return !isEqual(left, right)
  const [a, b] = [orderable(left), orderable(right)]
  if ((typeof a === 'string') !== (typeof b === 'string')) throw new FilterError('a text is compared with a number')
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

/** Whether two values are the same; numbers may be so in different types. */
export function isEqual(left: Exclude<Value, undefined>, right: Exclude<Value, undefined>): boolean {
  if (left instanceof Date || right instanceof Date) return Number(left) === Number(right)
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number of the same value
  return isNumeric(left) && isNumeric(right) ? left == right : left === right
}

/** Calculates with two values; unknown if one is. @throws FilterError if they are no numbers */
export function calculate(operator: string, left: Value, right: Value): Value {
  if (left == null || right == null) return undefined
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right
  if (!isNumeric(left) || !isNumeric(right)) throw new FilterError(`${operator} is applied to what is no number`)
  if (typeof left === 'bigint' && typeof right === 'bigint') return wholes(operator, left, right)
  return fractions(operator, Number(left), Number(right))
}

function wholes(operator: string, left: bigint, right: bigint): bigint {
  if ((operator === '/' || operator === '%') && right === 0n) throw new FilterError('a number is divided by zero')
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    default:
      return left % right
  }
}

function fractions(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    default:
      return left % right
  }
}

/** Negates a number; unknown if it is. @throws FilterError if it is something else */
export function negate(value: Value): Value {
  if (value == null) return undefined
  if (!isNumeric(value)) throw new FilterError('- is applied to what is no number')
  return -value
}

export const not = (value: Value): Value => (value === undefined ? undefined : value !== true)

export function and(left: Value, right: () => Value): Value {
  if (left === false) return false
  const other = right()
  if (other === false) return false
  return left === undefined || other === undefined ? undefined : true
}

export function or(left: Value, right: () => Value): Value {
  if (left === true) return true
  const other = right()
  if (other === true) return true
  return left === undefined || other === undefined ? undefined : false
}

function orderable(value: Exclude<Value, undefined | null>): Numeric | string {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'boolean') throw new FilterError('a truth value is compared by order')
  return value
}

const isNumeric = (value: Value): value is Numeric => typeof value === 'bigint' || typeof value === 'number'
