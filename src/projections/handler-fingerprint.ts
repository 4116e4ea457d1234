import { builtin } from '../core/builtin-modules.ts'

/** The members of a definition that determine what its views become. */
type Code = {
  readonly key: unknown
  readonly initial: unknown
  readonly on: object
  readonly deleted?: { readonly key: unknown; readonly fold: unknown } | undefined
  readonly personal?: unknown
  readonly forgotten?: { readonly key: unknown; readonly fold: unknown } | undefined
}

/**
 * A hash of the source text of a projection's functions. Blanks do not count, because stripping the types from a file
 * leaves some. Functions that a handler calls are not included, and a build that formats code differently changes the
 * hash, so it is only good enough for a warning.
 */
export function fingerprintOf({ key, initial, on, deleted, personal, forgotten }: Code): string {
  const handlers = Object.entries(on).sort(([a], [b]) => (a < b ? -1 : 1))
  const functions = [key, initial, ...handlers.flat(), deleted?.key, deleted?.fold]
  for (const rule of personal ? [personal].flat() : []) functions.push((rule as { readonly of?: unknown }).of)
  if (forgotten) functions.push(forgotten.key, forgotten.fold)
  return hashOfSources(functions)
}

/** A hash of the source texts of functions, and of whatever else there is, without blanks. */
export function hashOfSources(parts: readonly unknown[]): string {
  const text = JSON.stringify(parts.map((one) => String(one).replaceAll(/\s+/g, '')))
  return builtin.crypto().createHash('sha256').update(text).digest('base64url')
}
