import { type Location, syntaxError } from '../errors.ts'

/** A piece of a query's text. A word's `text` is as written, its `value` in capitals. */
export type Token = Location & {
  readonly kind: 'word' | 'string' | 'number' | 'parameter' | 'symbol' | 'end'
  readonly text: string
  readonly value: string | number
}

const BLANK = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/y
const TOKENS = [
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['number', /0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['parameter', /@[A-Za-z0-9_]+/y],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the grammar forbids them within strings
  ['string', /(["'])(?:(?!\1)[^\\\x00-\x1f]|\\["'\\/bfnrt]|\\u[0-9a-fA-F]{4})*\1/y],
  ['symbol', />>>|<<|>>|<=|>=|<>|!=|\?\?|\|\||[-+*/%&|^~=<>?:.,()[\]{}]/y],
] as const

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** @throws CosmosError 400 where a character begins no token, or a comment does not end */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at += matchAt(BLANK, text, at).length
    if (at >= text.length) break
    // A comment without an end; else each one would be looked through to the end of the text.
    if (text.startsWith('/*', at)) throw syntaxError('/*', { start: at, end: at + 2 })
    const token = tokenAt(text, at)
    tokens.push(token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', value: '', start: at, end: at })
  return tokens
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, pattern] of TOKENS) {
    const found = matchAt(pattern, text, start)
    if (found === '') continue
    const end = start + found.length
    return { kind, text: found, value: contentOf(kind, found), start, end }
  }
  throw syntaxError(text.charAt(start), { start, end: start + 1 })
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function contentOf(kind: Token['kind'], found: string): string | number {
  if (kind === 'word') return found.toUpperCase()
  if (kind === 'number') return Number(found)
  if (kind !== 'string') return found
  return found.slice(1, -1).replace(/\\(u.{4}|.)/g, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return ESCAPES[escaped] ?? escaped
  })
}
