// Control characters, bidirectional and other invisible formatting, halves of surrogate pairs.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const INVISIBLE_IN_LINES = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A name or message as people must see it: whatever would be invisible, or move other text, is escaped as in JSON. */
export const visibleText = (text: string): string => text.replace(INVISIBLE, escaped)

/** The same for a text of several lines. */
export const visibleLines = (text: string): string => text.replace(INVISIBLE_IN_LINES, escaped)

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
