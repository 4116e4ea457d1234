// Node 22 truncates a text at its first NUL when it reads a column (Node 24 does not), so none is stored. The escape is
// a code point that is not meant to occur in text; if it does, it is escaped, too.
const ESCAPE = '\ufdd0'
const NUL = '\0'

/** A string as a column stores it: equal strings, and no others, are equal there. */
export const toText = (value: string): string =>
  value.includes(NUL) || value.includes(ESCAPE)
    ? value.replaceAll(ESCAPE, `${ESCAPE}1`).replaceAll(NUL, `${ESCAPE}0`)
    : value

/** The string that a column's text represents. */
export const fromText = (text: string): string =>
  text.includes(ESCAPE) ? text.replaceAll(`${ESCAPE}0`, NUL).replaceAll(`${ESCAPE}1`, ESCAPE) : text
