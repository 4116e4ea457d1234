import { StorageCorrupt } from '../../../core/errors/storage.ts'
import type { Json, JsonObject } from '../../../core/json/json.ts'

/** A JSON object as documents hold it. */
export type StoredJson = {
  /** What queries look at, and people. It is all of the object, unless there is a text beside it. */
  readonly value: JsonObject
  /** The object as JSON: only where a BSON document cannot hold it, or the driver would not give it back as it was. */
  readonly text?: string
}

// MongoDB documents 100 levels; a filter's path has 8.
const MOST_LEVELS = 80

/**
 * What is stored of a JSON object, so that exactly it comes back. A member whose name holds a NUL or a dot, or begins
 * with `$`, cannot be stored by every server (and some names would come back as another thing, such as a DBRef), nor can
 * one that lies too deep: then all of it is kept as a text, and what no filter's path can lead to is left out beside it.
 */
export function storedJson(object: JsonObject): StoredJson {
  if (isPlain(object, 1)) return { value: object }
  return { value: plainPart(object, 1) as JsonObject, text: JSON.stringify(object) }
}

/** The object that was stored. @throws StorageCorrupt when its text is no JSON */
export function readStoredJson({ value, text }: StoredJson, id: string): JsonObject {
  if (text === undefined) return value
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new StorageCorrupt(`Document ${id} is damaged`, { cause })
  }
}

function isPlain(value: Json | undefined, level: number): boolean {
  if (typeof value === 'number') return !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return true
  if (level > MOST_LEVELS) return false
  if (Array.isArray(value)) return value.every((item) => isPlain(item, level + 1))
  for (const [name, inner] of Object.entries(value)) {
    if (!isPlainName(name) || !isPlain(inner, level + 1)) return false
  }
  return true
}

// An object with a `_bsontype` is no plain document for the driver.
const isPlainName = (name: string): boolean =>
  !name.startsWith('$') && !name.includes('.') && !name.includes('\0') && name !== '_bsontype'

function plainPart(value: Json | undefined, level: number): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  if (Array.isArray(value)) return level > MOST_LEVELS ? [] : value.map((item) => plainPart(item, level + 1))
  const entries = Object.entries(value).filter(([name]) => isPlainName(name) || name === '_bsontype')
  const part = level > MOST_LEVELS ? [] : entries.map(([name, inner]) => [name, plainPart(inner, level + 1)] as const)
  // A map is written member by member, whatever their names are.
  return Object.hasOwn(value, '_bsontype') ? new Map(part) : Object.fromEntries(part)
}
