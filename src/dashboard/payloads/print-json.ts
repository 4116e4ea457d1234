import { visibleText } from '../../process/visible-text.ts'

/** How JSON is printed for people. */
export type Printing = {
  /** The most bytes of UTF-8. */
  readonly most: number
  /** Whether the types of values are printed in place of values. */
  readonly keysOnly: boolean
}

/** Printed JSON. */
export type Printed = { readonly text: string; readonly cut: boolean }

/**
 * Prints JSON, indented, up to a number of bytes; what comes after them is not visited. Invisible characters are escaped.
 * An integer beyond 2^53 has `≈` before it, because parsing may have rounded it.
 *
 * @param value JSON; `undefined` members are left out
 */
export function printJson(value: unknown, { most, keysOnly }: Printing): Printed {
  const pieces: string[] = []
  let left = most
  let cut = false

  /** @returns whether there is room for more */
  function write(text: string): boolean {
    const bytes = Buffer.byteLength(text)
    cut = bytes > left
    pieces.push(cut ? beginning(text, left) : text)
    left -= bytes
    return !cut
  }

  function print(one: unknown, indent: string): boolean {
    if (Array.isArray(one)) return printArray(one, indent)
    if (typeof one === 'object' && one !== null && !(one instanceof Date))
      return printObject(one as { readonly [member: string]: unknown }, indent)
    return write(keysOnly ? typeOf(one) : scalarText(one, left))
  }

  function printArray(values: readonly unknown[], indent: string): boolean {
    if (values.length === 0) return write('[]')
    const inner = `${indent}  `
    for (let i = 0; i < values.length; i++) {
      if (!write(`${i === 0 ? '[' : ','}${inner}`) || !print(values[i], inner)) return false
    }
    return write(`${indent}]`)
  }

  function printObject(object: { readonly [member: string]: unknown }, indent: string): boolean {
    const inner = `${indent}  `
    let isFirst = true
    for (const name in object) {
      if (!Object.hasOwn(object, name) || object[name] === undefined) continue
      const begun = `${isFirst ? '{' : ','}${inner}${scalarText(name, left)}: `
      if (!write(begun) || !print(object[name], inner)) return false
      isFirst = false
    }
    return write(isFirst ? '{}' : `${indent}}`)
  }

  print(value, '\n')
  return { text: pieces.join(''), cut }
}

const typeOf = (value: unknown): string => (value === null ? 'null' : typeof value)

/** The JSON of a scalar; of a text that does not fit anyway, only its beginning. */
function scalarText(value: unknown, most: number): string {
  if (typeof value === 'string') return visibleText(JSON.stringify(value.length > most ? value.slice(0, most) : value))
  if (value instanceof Date) return JSON.stringify(value)
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? `≈${value}` : String(value)
}

// A character that is cut in two is left out.
const beginning = (text: string, bytes: number): string =>
  new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true })
