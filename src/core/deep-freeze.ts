/**
 * Freezes plain objects and arrays all the way down and answers the value. What is frozen already is taken to be so
 * all the way down; so, of a value that shares most of its parts with an earlier one, only the new parts are visited.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) {
    Object.freeze(value)
    for (const item of value) deepFreeze(item)
  } else if (isPlain(value)) {
    Object.freeze(value)
    for (const member in value) deepFreeze(value[member])
  }
  return value
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
