import { compareValues, equals, typeOf, type Value } from './values.ts'

type Binary = (left: Value, right: Value) => Value

/**
 * The operators of two operands that are both evaluated. Where an operand's type does not fit, the result is
 * undefined; so is the order of two types, while two types are merely not equal.
 *
 * Microsoft's page on equality shows undefined for the equality of two types as well, yet `c.x != null` finds on the
 * service what is not null, as Entity Framework's provider relies on.
 */
export const BINARY_OPERATORS: Readonly<Record<string, Binary>> = {
  '=': equals,
  '!=': notEquals,
  '<>': notEquals,
  '<': ordered((order) => order < 0),
  '<=': ordered((order) => order <= 0),
  '>': ordered((order) => order > 0),
  '>=': ordered((order) => order >= 0),
  '||': (a, b) => (typeof a === 'string' && typeof b === 'string' ? a + b : undefined),
  '+': numeric((a, b) => a + b),
  '-': numeric((a, b) => a - b),
  '*': numeric((a, b) => a * b),
  '/': numeric((a, b) => a / b),
  '%': numeric((a, b) => a % b),
  '|': numeric((a, b) => a | b),
  '&': numeric((a, b) => a & b),
  '^': numeric((a, b) => a ^ b),
  '<<': numeric((a, b) => a << b),
  '>>': numeric((a, b) => a >> b),
  '>>>': numeric((a, b) => a >>> b),
}

/** The operators of one operand. */
export const UNARY_OPERATORS: Readonly<Record<string, (operand: Value) => Value>> = {
  NOT: (operand) => (typeof operand === 'boolean' ? !operand : undefined),
  '-': (operand) => (typeof operand === 'number' ? -operand : undefined),
  '+': (operand) => (typeof operand === 'number' ? operand : undefined),
  '~': (operand) => (typeof operand === 'number' ? ~operand : undefined),
}

/** `AND` of three values: false wins over undefined. */
export function and(left: Value, right: Value): boolean | undefined {
  if (left === false || right === false) return false
  return left === true && right === true ? true : undefined
}

/** `OR` of three values: true wins over undefined. */
export function or(left: Value, right: Value): boolean | undefined {
  if (left === true || right === true) return true
  return left === false && right === false ? false : undefined
}

function notEquals(a: Value, b: Value): Value {
  const equal = equals(a, b)
  return equal === undefined ? undefined : !equal
}

function ordered(holds: (order: number) => boolean): Binary {
  return (a, b) => {
    const type = typeOf(a)
    if (type !== typeOf(b) || type === 'undefined' || type === 'array' || type === 'object') return undefined
    return holds(compareValues(a, b))
  }
}

function numeric(calculate: (a: number, b: number) => number): Binary {
  return (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number') return undefined
    const result = calculate(a, b)
    return Number.isFinite(result) ? result : undefined
  }
}
