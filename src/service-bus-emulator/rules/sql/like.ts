import { FilterError } from '../rule.ts'

const ANY = Symbol('any')
const ONE = Symbol('one')

type Part = string | typeof ANY | typeof ONE

/**
 * Whether a text matches a pattern with `%` for any characters and `_` for one. It takes time proportional to the
 * lengths of the two, whatever they are.
 *
 * @throws FilterError if the escape character is longer, or has nothing to escape
 */
export function isLike(text: string, pattern: string, escapeWith?: string): boolean {
  const parts = partsOf(pattern, escapeWith)
  const characters = [...text]
  let [at, part] = [0, 0]
  // Where the last % began, and how far the text was then.
  let star: { readonly part: number; at: number } | undefined
  while (at < characters.length) {
    const wanted = parts[part]
    if (wanted === ONE || (wanted !== ANY && wanted === characters[at])) {
      at++
      part++
    } else if (wanted === ANY) {
      star = { part: part++, at }
    } else if (star !== undefined) {
      star.at++
      at = star.at
      part = star.part + 1
    } else return false
  }
  return parts.slice(part).every((rest) => rest === ANY)
}

function partsOf(pattern: string, escapeWith: string | undefined): Part[] {
  if (escapeWith !== undefined && [...escapeWith].length !== 1)
    throw new FilterError('the escape character is not one character')
  const parts: Part[] = []
  let isEscaped = false
  for (const character of pattern) {
    if (isEscaped) parts.push(character)
    else if (character === '%') parts.push(ANY)
    else if (character === '_') parts.push(ONE)
    else if (character !== escapeWith) parts.push(character)
    isEscaped = !isEscaped && character === escapeWith
  }
  if (isEscaped) throw new FilterError('the pattern ends with the escape character')
  return parts
}
