import { InvalidQuery } from '../errors/input.ts'
import type { Json } from '../json/json.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/
const MAX_DEPTH = 8

/**
 * Takes a field path apart. A path is names joined by dots, such as `address.city`, of letters, digits, `_` and `-`, so
 * that no text of a caller ends up as query language.
 *
 * @throws InvalidQuery
 */
export function parsePath(path: string): readonly string[] {
  const names = typeof path === 'string' ? path.split('.') : ['']
  if (names.length > MAX_DEPTH || !names.every((name) => NAME.test(name))) {
    throw new InvalidQuery(`${JSON.stringify(path) ?? 'undefined'} is not a field path`)
  }
  return names
}

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
