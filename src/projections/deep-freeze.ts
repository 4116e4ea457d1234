/**
 * Freezes a JSON value through and through, and answers it. What is frozen already is taken to be so all the way down,
 * so that freezing a view again after each event costs what the event changed.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (Array.isArray(value)) {
    for (const item of value) deepFreeze(item)
  } else {
    for (const member in value) deepFreeze(value[member])
  }
  return value
}
