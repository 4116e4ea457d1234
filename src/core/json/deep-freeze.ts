import { isPlainObject } from './json-faults.ts'

// What was found frozen, and is so all the way down. That an object is frozen says nothing of what lies inside: whoever
// froze it may have left that as it was. What is frozen here is only noted when it is met again, since most of it never
// is, and an entry costs more than a look.
const known = new WeakSet<object>()

/**
 * Freezes plain objects and arrays all the way down, also inside of what was frozen already, and returns the value. Of
 * a value that shares most of its parts with earlier ones, mostly the new parts are visited.
 */
export function deepFreeze<T>(value: T): T {
  makeImmutable(value)
  return value
}

/**
 * Does what `deepFreeze` does.
 *
 * @returns whether nothing can change the value any more: there is no Map, Date, function or instance of a class in it
 */
export function makeImmutable(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'function'
  if (value === null || known.has(value)) return true
  const isArray = Array.isArray(value)
  if (!isArray && !isPlainObject(value)) return false
  const isMetAgain = Object.isFrozen(value)
  // Noted before what lies inside is visited, so that a cycle ends.
  if (isMetAgain) known.add(value)
  else Object.freeze(value)
  const immutable = isArray ? freezeItems(value) : freezeMembers(value as Record<string, unknown>)
  if (isMetAgain && !immutable) known.delete(value)
  return immutable
}

function freezeItems(values: readonly unknown[]): boolean {
  let immutable = true
  for (const item of values) if (!makeImmutable(item)) immutable = false
  return immutable
}

function freezeMembers(object: { readonly [member: string]: unknown }): boolean {
  let immutable = true
  for (const name in object) if (!makeImmutable(object[name])) immutable = false
  return immutable
}
