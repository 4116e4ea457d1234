// Cosmos DB forbids / \ ? # in ids, and no adapter may accept what another one refuses.
const FORBIDDEN = /[/\\?#]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const MAX_LENGTH = 200

/** What is wrong with an id of a stream or a view, or undefined when nothing is. */
export function idFault(id: unknown): string | undefined {
  if (typeof id !== 'string') return 'it must be a string'
  if (id.length === 0) return 'it is empty'
  if (id.length > MAX_LENGTH) return `it is longer than ${MAX_LENGTH} characters`
  if (FORBIDDEN.test(id)) return 'it holds one of / \\ ? #'
  if (CONTROL.test(id)) return 'it holds a control character'
  if (!id.isWellFormed()) return 'it holds a lone surrogate'
  return undefined
}
