import { NotJson } from './errors/input.ts'

/** A JSON value, as RFC 8259 defines it and JSON.parse returns it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. A member that is `undefined` counts as absent. */
export type JsonObject = { readonly [member: string]: Json | undefined }

/**
 * Checks that a value comes back from JSON.stringify and JSON.parse as it was: no NaN, Date, Map, function, cycle,
 * `undefined` in an array, or string with a lone surrogate (UTF-8 cannot carry it).
 *
 * @param value what is to be stored
 * @param path where the value stands, for the error's message
 * @throws NotJson naming the first place that is not JSON
 */
export function assertJson(value: unknown, path = '$'): asserts value is Json {
  check(value, path, 0)
}

// Deeper documents overflow parsers long before they overflow this check; Cosmos DB allows 128 levels.
const MAX_DEPTH = 128

function check(value: unknown, path: string, depth: number): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotJson(path, 'a string with a lone surrogate')
      return
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(path, String(value))
      return
    case 'boolean':
      return
    case 'object':
      break
    default:
      throw new NotJson(path, value === undefined ? 'undefined' : `a ${typeof value}`)
  }
  if (value === null) return
  if (depth >= MAX_DEPTH) throw new NotJson(path, `nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) check(value[i], `${path}[${i}]`, depth + 1)
    return
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotJson(path, `an instance of ${value.constructor?.name ?? 'a class'}`)
  }
  for (const member in value) {
    const inner = (value as Record<string, unknown>)[member]
    if (inner === undefined) continue
    if (!member.isWellFormed()) throw new NotJson(path, 'a member name with a lone surrogate')
    // The common scalars are looked at here, so that no path is built for them.
    if (typeof inner === 'boolean' || inner === null) continue
    check(inner, `${path}.${member}`, depth + 1)
  }
}
