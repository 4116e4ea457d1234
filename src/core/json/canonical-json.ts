import type { Json } from './json.ts'
import { assertContainer, refuse, rethrow, toNotJson, toPrimitive } from './json-faults.ts'
import { nameText, stringText } from './string-text.ts'

/**
 * The canonical text of a JSON value (RFC 8785): members sorted by UTF-16 code units, no white space, numbers as
 * JSON.stringify prints them. Equal values have equal text, in whatever order a database returned their members; other
 * values have other texts. A member that is `undefined` counts as absent.
 *
 * @throws NotJson naming the first place that is not JSON, as `assertJson` does. RFC 8785 requires it of NaN and lone
 *   surrogates (3.2.2.2, 3.2.2.3), because their text is that of another value. Also for more than 256 levels, which no
 *   stored document has, because text from elsewhere may have any number
 */
export function canonicalJson(value: Json): string {
  try {
    return canonical(value, MOST_CANONICAL_LEVELS)
  } catch (error) {
    throw toNotJson(error, '$')
  }
}

const MOST_CANONICAL_LEVELS = 256

function canonical(value: unknown, levels: number): string {
  if (typeof value === 'string') return stringText(value)
  if (typeof value !== 'object' || value === null) return String(toPrimitive(value))
  if (levels === 0) refuse(`nested too deeply: at most ${MOST_CANONICAL_LEVELS} levels can be compared`)
  assertContainer(value, levels)
  return Array.isArray(value) ? canonicalArray(value, levels - 1) : canonicalObject(value, levels - 1)
}

function canonicalArray(values: readonly unknown[], levels: number): string {
  let text = ''
  let i = 0
  try {
    for (const { length } = values; i < length; i++) text += (i === 0 ? '' : ',') + canonical(values[i], levels)
  } catch (error) {
    rethrow(error, `[${i}]`)
  }
  return `[${text}]`
}

function canonicalObject(object: object, levels: number): string {
  const names = sortNames(Object.keys(object))
  let text = ''
  let name = ''
  try {
    for (name of names) {
      const member = (object as Record<string, unknown>)[name]
      if (member === undefined) continue
      text += (text === '' ? '' : ',') + nameText(name) + canonical(member, levels)
    }
  } catch (error) {
    rethrow(error, `.${name}`)
  }
  return `{${text}}`
}

// Beyond it, the built-in sort is faster.
const FEW_NAMES = 24

/** Sorts names in place. The few of a document are often almost in order, and need no comparing function. */
function sortNames(names: string[]): string[] {
  if (names.length > FEW_NAMES) return names.sort()
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string
    let j = i - 1
    for (; j >= 0 && (names[j] as string) > name; j--) names[j + 1] = names[j] as string
    names[j + 1] = name
  }
  return names
}
