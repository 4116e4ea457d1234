import { StorageCorrupt } from '../../../core/errors/storage.ts'
import type { Json, JsonObject } from '../../../core/json/json.ts'

/** A JSON object as it is stored in documents. */
export type StoredJson = {
  /** For queries and for people. It is the whole object, unless there is a text beside it. */
  readonly value: JsonObject
  /** The object as JSON: only if a BSON document cannot represent it, or the driver would not return it unchanged. */
  readonly text?: string
}

// MongoDB documents allow 100 levels; a filter's path has 8.
const MOST_LEVELS = 80

/**
 * What is stored for a JSON object, so that exactly it is returned. Not every server can store a member whose name
 * contains a NUL or a dot, or begins with `$` (and some names would be read as something else, such as a DBRef), nor
 * one that is nested too deeply. Then the whole object is stored as text, and whatever no filter's path can reach is
 * left out beside it.
 */
export function storedJson(object: JsonObject): StoredJson {
  if (isPlain(object, 1)) return { value: object }
  return { value: plainPart(object, 1) as JsonObject, text: JSON.stringify(object) }
}

/** The object that was stored. @throws StorageCorrupt if its text is not JSON */
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

// The driver does not treat an object with a `_bsontype` as a plain document.
const isPlainName = (name: string): boolean =>
  !name.startsWith('$') && !name.includes('.') && !name.includes('\0') && name !== '_bsontype'

function plainPart(value: Json | undefined, level: number): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
  if (Array.isArray(value)) return level > MOST_LEVELS ? [] : value.map((item) => plainPart(item, level + 1))
  const entries = Object.entries(value).filter(([name]) => isPlainName(name) || name === '_bsontype')
  const part = level > MOST_LEVELS ? [] : entries.map(([name, inner]) => [name, plainPart(inner, level + 1)] as const)
  // A map is written member by member, whatever the names are.
  return Object.hasOwn(value, '_bsontype') ? new Map(part) : Object.fromEntries(part)
}
