import { assertContainer, assertMemberName, MOST_LEVELS, rethrow, toNotJson, toPrimitive } from './json-faults.ts'

/** A JSON value, as RFC 8259 defines it and JSON.parse returns it. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** A JSON object. A member that is `undefined` counts as absent. */
export type JsonObject = { readonly [member: string]: Json | undefined }

/** Whether a JSON value, or what may be one, is an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Checks that JSON.stringify and JSON.parse return a value unchanged: no NaN, Date, Map, function, cycle, `undefined`
 * in an array, `toJSON` method, string with a lone surrogate (UTF-8 cannot encode it), and no more than `levels` nested
 * objects and arrays. One value does change: -0 becomes 0.
 *
 * @param value the value to store
 * @param path the path of the value, for the error's message
 * @throws NotJson naming the first place that is not JSON
 */
export function assertJson(value: unknown, path = '$', levels = MOST_LEVELS): asserts value is Json {
  copyJson(value, path, levels)
}

/**
 * A copy of a value that `assertJson` accepts. Each member is read once, so that what is checked is what is copied,
 * even if a getter or a proxy returns something else the next time. Only such copies are stored.
 *
 * @throws NotJson naming the first place that is not JSON
 */
export function copyJson(value: unknown, path = '$', levels = MOST_LEVELS): Json {
  try {
    return copy(value, levels)
  } catch (error) {
    throw toNotJson(error, path)
  }
}

function copy(value: unknown, levels: number): Json {
  if (typeof value !== 'object' || value === null) return toPrimitive(value)
  assertContainer(value, levels)
  return Array.isArray(value) ? copyArray(value, levels - 1) : copyObject(value, levels - 1)
}

function copyArray(values: readonly unknown[], levels: number): Json {
  const copied: Json[] = []
  let i = 0
  try {
    for (const { length } = values; i < length; i++) copied.push(copy(values[i], levels))
  } catch (error) {
    rethrow(error, `[${i}]`)
  }
  return copied
}

function copyObject(value: object, levels: number): JsonObject {
  const copied: Record<string, Json> = {}
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name]
    if (member === undefined) continue
    assertMemberName(name)
    try {
      setMember(copied, name, copy(member, levels))
    } catch (error) {
      rethrow(error, `.${name}`)
    }
  }
  return copied
}

/** Sets an own member, whatever its name. */
export function setMember(object: { [member: string]: Json | undefined }, name: string, value: Json | undefined): void {
  // An assignment would set the prototype.
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true })
  else object[name] = value
}
