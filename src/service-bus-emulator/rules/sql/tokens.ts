import { InvalidRule } from '../rule.ts'

/** A part of an expression. Keywords and operators are in upper case. */
export type Token =
  | { readonly kind: 'number' | 'string' | 'symbol'; readonly text: string }
  /** A name; `isDelimited` for one in brackets or double quotation marks, which is no keyword. */
  | { readonly kind: 'name'; readonly text: string; readonly isDelimited: boolean }

const PATTERN =
  /\s+|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|'(?<string>(?:[^']|'')*)'|\[(?<bracket>(?:[^\]]|\]\])+)\]|"(?<quoted>(?:[^"]|"")+)"|(?<name>[\p{L}_][\p{L}\p{Nd}_]*)|(?<symbol><>|!=|>=|<=|[=<>+\-*/%().,;])/uy

/** The tokens of an expression. @throws InvalidRule */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = new RegExp(PATTERN)
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) throw new InvalidRule(`cannot be read from character ${at + 1} on`)
    const token = tokenOf(groups)
    if (token !== undefined) tokens.push(token)
  }
  return tokens
}

function tokenOf(groups: Readonly<Record<string, string | undefined>>): Token | undefined {
  const { number, string, bracket, quoted, name, symbol } = groups
  if (number !== undefined) return { kind: 'number', text: number }
  if (string !== undefined) return { kind: 'string', text: string.replaceAll("''", "'") }
  if (bracket !== undefined) return { kind: 'name', text: bracket.replaceAll(']]', ']'), isDelimited: true }
  if (quoted !== undefined) return { kind: 'name', text: quoted.replaceAll('""', '"'), isDelimited: true }
  if (name !== undefined) return { kind: 'name', text: name, isDelimited: false }
  return symbol === undefined ? undefined : { kind: 'symbol', text: symbol }
}
