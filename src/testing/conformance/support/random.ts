import type { Json, JsonObject } from '../../../core/json/json.ts'

/** A whole number from 0 to below `bound`. */
export const below = (random: () => number, bound: number): number => Math.floor(random() * bound)

/** One of the items. */
export const oneOf = <T>(random: () => number, items: readonly T[]): T => items[below(random, items.length)] as T

const PIECES = [
  'a',
  'Z',
  '0',
  ' ',
  '"',
  "'",
  '\\',
  '/',
  '\n',
  '\u0000',
  '\u007f',
  '\u2028',
  'é',
  'ß',
  '漢',
  '\uffff',
  '😀',
  '$',
  '.',
  '%',
]
const NUMBERS = [0, 1, -1, 0.1, 1e21, -1e-7, 5e-324, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]

/** A string with whatever confuses quoting, encoding and pattern matching. */
export const randomString = (random: () => number): string =>
  Array.from({ length: below(random, 12) }, () => oneOf(random, PIECES)).join('')

/** A JSON object with awkward member names, several levels deep. */
export function randomObject(random: () => number, depth = 3): JsonObject {
  const entries = Array.from({ length: below(random, 6) }, (_, i): [string, Json] => [
    oneOf(random, ['', 'id', '__proto__', 'constructor', 'a.b', '$where', `m${i}`, randomString(random)]),
    randomJson(random, depth - 1),
  ])
  return Object.fromEntries(entries)
}

function randomJson(random: () => number, depth: number): Json {
  switch (below(random, depth > 0 ? 7 : 5)) {
    case 0:
      return null
    case 1:
      return random() < 0.5
    case 2:
      return oneOf(random, NUMBERS)
    case 3:
      return random() * 10 ** below(random, 9)
    case 4:
      return randomString(random)
    case 5:
      return Array.from({ length: below(random, 4) }, () => randomJson(random, depth - 1))
    default:
      return randomObject(random, depth)
  }
}
