import { assertContainer, assertMemberName, MOST_LEVELS, rethrow, toNotJson, toPrimitive } from './json-faults.ts'

type Measure = { readonly bytes: number; readonly levels: number }

// The sizes of values that were seen again: they are frozen, so their size cannot change. Most values are never seen
// again, and an entry costs more than measuring.
const known = new WeakMap<object, Measure>()

// The depth of the value measured last: returning a pair of numbers for each member would cost more than everything
// else.
let levelsInside = 0

/**
 * Freezes a JSON value at every level, checks it as `assertJson` does, and measures it. For a value that shares most of
 * its parts with earlier ones, mostly the new parts are visited, so each state of a growing value can be checked.
 *
 * @returns the size of its JSON text in bytes of UTF-8
 * @throws NotJson naming the first place that is not JSON; whatever was visited by then is frozen
 */
export function freezeJson(value: unknown, path = '$'): number {
  try {
    return measure(value, MOST_LEVELS)
  } catch (error) {
    throw toNotJson(error, path)
  }
}

function measure(value: unknown, levels: number): number {
  if (typeof value !== 'object' || value === null) {
    levelsInside = 0
    return bytesOf(toPrimitive(value))
  }
  const noted = known.get(value)
  if (noted !== undefined && noted.levels <= levels) {
    levelsInside = noted.levels
    return noted.bytes
  }
  assertContainer(value, levels)
  const isMetAgain = Object.isFrozen(value)
  if (!isMetAgain) Object.freeze(value)
  const bytes = Array.isArray(value) ? measureArray(value, levels - 1) : measureObject(value, levels - 1)
  if (isMetAgain) known.set(value, { bytes, levels: levelsInside })
  return bytes
}

function measureArray(values: readonly unknown[], levels: number): number {
  let [bytes, deepest, i] = [2, 0, 0]
  try {
    for (const { length } = values; i < length; i++) {
      bytes += measure(values[i], levels) + COMMA
      if (levelsInside > deepest) deepest = levelsInside
    }
  } catch (error) {
    rethrow(error, `[${i}]`)
  }
  levelsInside = deepest + 1
  return i === 0 ? bytes : bytes - COMMA
}

function measureObject(object: object, levels: number): number {
  let [bytes, deepest] = [2, 0]
  for (const name of Object.keys(object)) {
    const member = (object as Record<string, unknown>)[name]
    if (member === undefined) continue
    assertMemberName(name)
    try {
      bytes += bytesOf(name) + COLON + measure(member, levels) + COMMA
    } catch (error) {
      rethrow(error, `.${name}`)
    }
    if (levelsInside > deepest) deepest = levelsInside
  }
  levelsInside = deepest + 1
  return bytes === 2 ? bytes : bytes - COMMA
}

const [COMMA, COLON] = [1, 1]

// Printable ASCII except the quote and the backslash: characters that JSON writes unchanged.
const PLAIN = /^[ !#-[\]-~]*$/

function bytesOf(value: string | number | boolean | null): number {
  if (typeof value !== 'string') return Object.is(value, -0) ? 1 : String(value).length
  return PLAIN.test(value) ? value.length + 2 : Buffer.byteLength(JSON.stringify(value))
}
