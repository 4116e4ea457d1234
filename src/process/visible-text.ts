// Control characters (C0, DEL, C1), formatting such as bidirectional marks, line and paragraph separators, halves of
// surrogate pairs, and other invisible characters.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * A text as it is printed on a terminal. Control characters could move the cursor, write to the clipboard, or display
 * different text. Each of them is shown as `\u…` instead, as in JSON, so that a line of JSON keeps its value.
 */
export const visibleText = (text: string): string => text.replace(INVISIBLE, escaped)

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
