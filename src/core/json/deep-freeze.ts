import { isPlainObject } from './json-faults.ts'

// Values that were found frozen, and are so at every level. That an object is frozen says nothing about its members:
// other code may have frozen only the object itself. A value frozen here is recorded only when it is seen again,
// because most never are, and an entry costs more than a check.
const known = new WeakSet<object>()

/**
 * Freezes plain objects and arrays at every level, also inside objects that were already frozen, and returns the value.
 * For a value that shares most of its parts with earlier ones, mostly the new parts are visited.
 */
export function deepFreeze<T>(value: T): T {
  makeImmutable(value)
  return value
}

/**
 * Implements `deepFreeze`.
 *
 * @returns whether the value is now immutable: it contains no Map, Date, function or class instance
 */
export function makeImmutable(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'function'
  if (value === null || known.has(value)) return true
  const isArray = Array.isArray(value)
  if (!isArray && !isPlainObject(value)) return false
  const isMetAgain = Object.isFrozen(value)
  // Recorded before its members are visited, so that a cycle ends.
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
