import type { Location } from '../errors.ts'
import type { Value } from '../evaluate/values.ts'
import { ARRAY_FUNCTIONS } from './arrays.ts'
import { type BuiltIn, ofAny, resolve } from './define.ts'
import { NUMBER_FUNCTIONS } from './numbers.ts'
import { STRING_FUNCTIONS } from './strings.ts'
import { TYPE_FUNCTIONS } from './types.ts'

const FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  ...TYPE_FUNCTIONS,
  ...STRING_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  IIF: ofAny(3, 3, (test, whenTrue, otherwise) => (test === true ? whenTrue : otherwise)),
}

/**
 * A built-in function, by its name in capitals and the number of its arguments.
 *
 * @throws CosmosError 400 when there is none
 */
export function functionNamed(name: string, count: number, location: Location): (...args: Value[]) => Value {
  return resolve(FUNCTIONS, name, count, location)
}
