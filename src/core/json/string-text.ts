import { assertMemberName, toPrimitive } from './json-faults.ts'

// JSON.stringify of one string costs more than looking at each character of a short one.
const SHORT = 40

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const FIRST_SURROGATE = 0xd800

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON escapes
const SPECIAL = /["\\\u0000-\u001f\ud800-\udfff]/

/** Whether a string may need an escape, or may contain a lone surrogate. */
function isSpecial(value: string): boolean {
  if (value.length > SHORT) return SPECIAL.test(value)
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < FIRST_PRINTABLE || unit === QUOTE || unit === BACKSLASH || unit >= FIRST_SURROGATE) return true
  }
  return false
}

/** The JSON of a string: the same as JSON.stringify, only faster. @throws Fault for one with a lone surrogate */
export const stringText = (value: string): string =>
  isSpecial(value) ? JSON.stringify(toPrimitive(value)) : `"${value}"`

// Member names recur in document after document. A program has few, unless they are data themselves.
const MOST_KEPT = 4096
const LONGEST_KEPT = 64
const kept = new Map<string, string>()

/** The JSON of a member name, with the colon. @throws Fault for one with a lone surrogate */
export function nameText(name: string): string {
  const known = kept.get(name)
  if (known !== undefined) return known
  if (isSpecial(name)) assertMemberName(name)
  const text = `${stringText(name)}:`
  if (kept.size < MOST_KEPT && name.length <= LONGEST_KEPT) kept.set(name, text)
  return text
}
