import { Double, Int32, Long, ObjectId, Timestamp } from 'mongodb'

// The order in which values of different types stand to each other, and nothing at all counts as null.
const RANKS = ['null', 'number', 'string', 'object', 'array', 'objectId', 'bool', 'date', 'timestamp'] as const

/** The type of a value, as far as this model tells them apart. */
export function typeOf(value: unknown): (typeof RANKS)[number] {
  if (typeof value === 'string') return 'string'
  if (value === undefined || value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof ObjectId) return 'objectId'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Date) return 'date'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Long) return 'number'
  if (value instanceof Int32 || value instanceof Double) return 'number'
  return typeof value === 'boolean' ? 'bool' : 'object'
}

/** Below 0, 0 or above 0, as the server orders values. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  const [typeA, typeB] = [typeOf(a), typeOf(b)]
  if (typeA !== typeB) return RANKS.indexOf(typeA) - RANKS.indexOf(typeB)
  switch (typeA) {
    case 'null':
      return 0
    case 'string':
      return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
    case 'objectId':
      return Buffer.compare(Buffer.from((a as ObjectId).id), Buffer.from((b as ObjectId).id))
    case 'timestamp':
      return (a as Timestamp).compare(b as Timestamp)
    case 'array':
      return compareLists(a as unknown[], b as unknown[])
    case 'object':
      return compareLists(Object.entries(a as object), Object.entries(b as object))
    default:
      return Number(a) - Number(b)
  }
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareValues(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** A text that is the same for equal values, and only for those. */
export function keyOf(value: unknown): string {
  const type = typeOf(value)
  if (type === 'objectId' || type === 'timestamp') return `${type}:${String(value)}`
  if (type === 'array') return `[${(value as unknown[]).map(keyOf).join(',')}]`
  if (type === 'object') {
    const members = Object.entries(value as object).map(([name, one]) => `${JSON.stringify(name)}:${keyOf(one)}`)
    return `{${members.join(',')}}`
  }
  return type === 'null' ? 'null' : `${type}:${JSON.stringify(type === 'number' ? Number(value) : value)}`
}
