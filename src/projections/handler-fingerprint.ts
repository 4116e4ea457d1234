import { builtin } from '../core/builtin-modules.ts'

/** What of a definition says what its views become. */
type Code = {
  readonly key: unknown
  readonly initial: unknown
  readonly on: object
  readonly deleted?: { readonly key: unknown; readonly fold: unknown } | undefined
}

/**
 * A hash of the text of a projection's functions. Blanks do not count, because the types that are stripped from a file
 * leave some. What a handler calls is not in its text, and a build that changes how code is written changes the hash:
 * it is good for a warning, and for no more.
 */
export function fingerprintOf({ key, initial, on, deleted }: Code): string {
  const handlers = Object.entries(on).sort(([a], [b]) => (a < b ? -1 : 1))
  const functions = [key, initial, ...handlers.flat(), deleted?.key, deleted?.fold]
  const text = JSON.stringify(functions.map((one) => String(one).replaceAll(/\s+/g, '')))
  return builtin.crypto().createHash('sha256').update(text).digest('base64url')
}
