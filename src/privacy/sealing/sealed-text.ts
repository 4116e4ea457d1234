import type { Json, JsonObject } from '../../core/json/json.ts'
import { isPlainObject } from '../../core/json/json-faults.ts'
import type { SealingKeys } from './derived-keys.ts'
import { open, seal } from './seal.ts'

/** Seals text, as it is stored in a document: base64url. */
export const sealText = (keys: SealingKeys, bound: Buffer, text: string): string =>
  seal(keys, bound, text).toString('base64url')

/** Opens what `sealText` returned; undefined if that, or what it is bound to, was changed in any way. */
export function openText(keys: SealingKeys, bound: Buffer, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  // Decoding ignores what it does not know, and the last bits.
  if (bytes.toString('base64url') !== sealed) return undefined
  return open(keys, bound, bytes)?.toString()
}

/** Opens members of data; undefined if they are not exactly those of these names. */
export function openMembers(
  keys: SealingKeys,
  bound: Buffer,
  sealed: string,
  names: readonly string[],
): JsonObject | undefined {
  const text = openText(keys, bound, sealed)
  if (text === undefined) return undefined
  const members = parseOpened(text)
  const isComplete =
    typeof members === 'object' &&
    members !== null &&
    isPlainObject(members) &&
    Object.keys(members).length === names.length
  return isComplete && names.every((name) => Object.hasOwn(members, name)) ? (members as JsonObject) : undefined
}

/** Parses text that was opened; undefined if it is not JSON. The parser's own error would quote it. */
export function parseOpened(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
