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
  const fault = findFault(value, 0)
  if (fault !== undefined) throw new NotJson(path + fault.path, fault.what)
}

// Deeper documents overflow parsers long before they overflow this check; Cosmos DB allows 128 levels.
const MAX_DEPTH = 128

// Where a fault is, is put together on the way back from it: a path for each member would cost more than looking at it.
type Fault = { readonly path: string; readonly what: string }

function findFault(value: unknown, depth: number): Fault | undefined {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? undefined : { path: '', what: 'a string with a lone surrogate' }
    case 'number':
      return Number.isFinite(value) ? undefined : { path: '', what: String(value) }
    case 'boolean':
      return undefined
    case 'object':
      break
    default:
      return { path: '', what: value === undefined ? 'undefined' : `a ${typeof value}` }
  }
  if (value === null) return undefined
  if (depth >= MAX_DEPTH) return { path: '', what: `nested deeper than ${MAX_DEPTH} levels` }
  return Array.isArray(value) ? faultInArray(value, depth) : faultInObject(value, depth)
}

function faultInArray(values: readonly unknown[], depth: number): Fault | undefined {
  for (let i = 0; i < values.length; i++) {
    const fault = findFault(values[i], depth + 1)
    if (fault !== undefined) return { path: `[${i}]${fault.path}`, what: fault.what }
  }
  return undefined
}

function faultInObject(value: object, depth: number): Fault | undefined {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    return { path: '', what: `an instance of ${value.constructor?.name ?? 'a class'}` }
  }
  for (const member in value) {
    const inner = (value as Record<string, unknown>)[member]
    if (inner === undefined) continue
    if (!member.isWellFormed()) return { path: '', what: 'a member name with a lone surrogate' }
    const fault = findFault(inner, depth + 1)
    if (fault !== undefined) return { path: `.${member}${fault.path}`, what: fault.what }
  }
  return undefined
}
