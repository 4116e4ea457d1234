import type { Location } from '../errors.ts'
import { queryError } from '../errors.ts'
import type { Value } from '../evaluate/values.ts'

/** A built-in function of the query language, with the number of arguments that it takes. */
export type BuiltIn = {
  readonly least: number
  readonly most: number
  readonly call: (...args: Value[]) => Value
}

/** A function of strings; anything else among its arguments makes it undefined. */
export function ofStrings(least: number, most: number, call: (...args: string[]) => Value): BuiltIn {
  return {
    least,
    most,
    call: (...args) => (args.every((arg) => typeof arg === 'string') ? call(...args) : undefined),
  }
}

/** A function of numbers; anything else among its arguments, or a result that is no number, makes it undefined. */
export function ofNumbers(count: number, call: (...args: number[]) => number): BuiltIn {
  return {
    least: count,
    most: count,
    call: (...args) => {
      if (!args.every((arg) => typeof arg === 'number')) return undefined
      const result = call(...args)
      return Number.isFinite(result) ? result : undefined
    },
  }
}

/** A function of any values. */
export function ofAny(least: number, most: number, call: (...args: Value[]) => Value): BuiltIn {
  return { least, most, call }
}

/** @throws CosmosError 400 when there is no such function, or it takes another number of arguments */
export function resolve(
  functions: Readonly<Record<string, BuiltIn>>,
  name: string,
  count: number,
  location: Location,
): (...args: Value[]) => Value {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (found === undefined) {
    throw queryError('SC2005', `'${name}' is not a recognized built-in function name.`, location)
  }
  if (count < found.least || count > found.most) {
    throw queryError('SC2050', `The ${name} function requires ${found.least} argument(s).`, location)
  }
  return found.call
}
