import { NotJson } from '../errors/input.ts'
import type { Json } from './json.ts'

/**
 * The canonical text of a JSON value (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as
 * JSON.stringify prints them. Equal values have equal text, in whatever order a database returned their members.
 *
 * @throws NotJson for more than 256 levels, which no stored document has, because text from elsewhere may have any
 *   number
 */
export const canonicalJson = (value: Json | undefined): string => canonical(value, MOST_CANONICAL_LEVELS)

const MOST_CANONICAL_LEVELS = 256

function canonical(value: Json | undefined, levels: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (levels === 0) throw new NotJson('$', `nested too deeply: at most ${MOST_CANONICAL_LEVELS} levels can be compared`)
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, levels - 1)).join(',')}]`
  const object = value as { readonly [member: string]: Json | undefined }
  const members = Object.keys(object).filter((name) => object[name] !== undefined)
  members.sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(object[name], levels - 1)}`).join(',')}}`
}
