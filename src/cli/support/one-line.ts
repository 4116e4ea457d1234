import { visibleText } from '../../process/visible-text.ts'

/** A text of several lines as one, which a terminal shows and does not obey. */
export function oneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return visibleText(lines.filter((line) => line !== '').join('; '))
}
