import type { Json } from '../../../src/core/json/json.ts'

/** Canonical JSON as one would write it down, and as Tidemark had it at first: of what is not JSON, it notices nothing. */
export function simpleCanonicalJson(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map((item) => simpleCanonicalJson(item)).join(',')}]`
  const object = value as { readonly [member: string]: Json | undefined }
  const members = Object.keys(object).filter((name) => object[name] !== undefined)
  members.sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${simpleCanonicalJson(object[name])}`).join(',')}}`
}
