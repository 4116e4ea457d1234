import { typeOf, type Value } from '../evaluate/values.ts'
import { type BuiltIn, ofAny } from './define.ts'

const is = (test: (value: Value) => boolean): BuiltIn => ofAny(1, 1, test)

/** The functions that tell a value's type. They alone answer for undefined too. */
export const TYPE_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  IS_ARRAY: is((value) => Array.isArray(value)),
  IS_BOOL: is((value) => typeof value === 'boolean'),
  IS_DEFINED: is((value) => value !== undefined),
  IS_FINITE_NUMBER: is((value) => Number.isFinite(value)),
  IS_INTEGER: is((value) => Number.isSafeInteger(value)),
  IS_NULL: is((value) => value === null),
  IS_NUMBER: is((value) => typeof value === 'number'),
  IS_OBJECT: is((value) => typeOf(value) === 'object'),
  IS_PRIMITIVE: is((value) => value === null || ['boolean', 'number', 'string'].includes(typeof value)),
  IS_STRING: is((value) => typeof value === 'string'),
}
