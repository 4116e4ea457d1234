import type { JsonValue } from '../../engine/types.ts'
import { typeOf, type Value } from '../evaluate/values.ts'
import { type BuiltIn, ofAny, ofStrings } from './define.ts'

/** The functions of strings. Positions count UTF-16 units from 0. */
export const STRING_FUNCTIONS: Readonly<Record<string, BuiltIn>> = {
  CONCAT: ofStrings(2, Number.POSITIVE_INFINITY, (...parts) => parts.join('')),
  CONTAINS: matching((text, part) => text.includes(part)),
  ENDSWITH: matching((text, part) => text.endsWith(part)),
  INDEX_OF: ofAny(2, 3, (text, part, from = 0) =>
    typeof text === 'string' && typeof part === 'string' && typeof from === 'number'
      ? text.indexOf(part, from)
      : undefined,
  ),
  LEFT: cutting((text, count) => text.slice(0, Math.max(0, count))),
  LENGTH: ofStrings(1, 1, (text) => text.length),
  LOWER: ofStrings(1, 1, (text) => text.toLowerCase()),
  LTRIM: ofStrings(1, 1, (text) => text.trimStart()),
  REGEXMATCH: ofStrings(2, 3, regexMatch),
  REPLACE: ofStrings(3, 3, (text, part = '', by = '') => text.replaceAll(part, () => by)),
  REPLICATE: cutting((text, count) => (count < 0 || text.length * count > 10_000 ? undefined : text.repeat(count))),
  REVERSE: ofStrings(1, 1, (text) => [...text].reverse().join('')),
  RIGHT: cutting((text, count) => (count <= 0 ? '' : text.slice(-count))),
  RTRIM: ofStrings(1, 1, (text) => text.trimEnd()),
  STARTSWITH: matching((text, part) => text.startsWith(part)),
  STRINGEQUALS: matching((text, other) => text === other),
  STRINGTOBOOLEAN: parsing((value) => typeof value === 'boolean'),
  STRINGTONULL: parsing((value) => value === null),
  STRINGTONUMBER: parsing((value) => typeof value === 'number'),
  STRINGTOARRAY: parsing((value) => Array.isArray(value)),
  STRINGTOOBJECT: parsing((value) => typeOf(value) === 'object'),
  SUBSTRING: ofAny(3, 3, (text, from, count) =>
    typeof text === 'string' && typeof from === 'number' && typeof count === 'number' && from >= 0
      ? text.slice(from, from + Math.max(0, count))
      : undefined,
  ),
  TOSTRING: ofAny(1, 1, (value) => {
    if (value === undefined || typeof value === 'string') return value
    return JSON.stringify(value)
  }),
  TRIM: ofStrings(1, 1, (text) => text.trim()),
  UPPER: ofStrings(1, 1, (text) => text.toUpperCase()),
}

/** A test of two strings, whose third argument tells to ignore case. */
function matching(test: (text: string, part: string) => boolean): BuiltIn {
  return ofAny(2, 3, (text, part, ignoresCase = false) => {
    if (typeof text !== 'string' || typeof part !== 'string' || typeof ignoresCase !== 'boolean') return undefined
    return ignoresCase ? test(text.toLowerCase(), part.toLowerCase()) : test(text, part)
  })
}

function cutting(cut: (text: string, count: number) => Value): BuiltIn {
  return ofAny(2, 2, (text, count) =>
    typeof text === 'string' && typeof count === 'number' ? cut(text, Math.trunc(count)) : undefined,
  )
}

function parsing(fits: (value: JsonValue) => boolean): BuiltIn {
  return ofStrings(1, 1, (text) => {
    try {
      const value: JsonValue = JSON.parse(text)
      return fits(value) ? value : undefined
    } catch {
      return undefined
    }
  })
}

function regexMatch(text: string, pattern = '', modifiers = ''): Value {
  if (!/^[msix]*$/.test(modifiers)) return undefined
  const flags = new Set(modifiers.replace('x', ''))
  const source = modifiers.includes('x') ? pattern.replace(/\s+/g, '') : pattern
  try {
    return new RegExp(source, [...flags].join('')).test(text)
  } catch {
    return undefined
  }
}
