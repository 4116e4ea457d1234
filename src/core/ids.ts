// Cosmos DB forbids / \ ? # in ids, and every adapter must accept the same ids.
const FORBIDDEN = /[/\\?#]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const MAX_LENGTH = 200

/** The fault of an id of a stream or a view, or undefined if it is valid. */
export function idFault(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'it must be a string'
  if (id.length === 0) return 'it is empty'
  if (id.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`
  if (FORBIDDEN.test(id)) return 'it contains one of / \\ ? #'
  if (CONTROL.test(id)) return 'it contains a control character'
  if (!id.isWellFormed()) return 'it contains a lone surrogate'
  return undefined
}
