import type { Json } from '../json.ts'

/**
 * The canonical text of a JSON value (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as
 * JSON.stringify prints them. Equal values have equal text, in whatever order a database gave their members back.
 */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const object = value as { readonly [member: string]: Json | undefined }
  const members = Object.keys(object).filter((name) => object[name] !== undefined)
  members.sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name])}`).join(',')}}`
}
