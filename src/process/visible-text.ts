// Control characters (C0, DEL, C1), formatting such as the marks that turn the direction of text, line and paragraph
// separators, halves of surrogate pairs, and whatever else has no look of its own.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * A text as it is shown on a terminal, which obeys control characters: it moves the cursor, writes the clipboard, or
 * shows another text than there is. Each of them is shown as `\u…` instead, as in JSON, so that a line of JSON keeps
 * its value.
 */
export const visibleText = (text: string): string => text.replace(INVISIBLE, escaped)

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
