import { oneLine } from './one-line.ts'

/** An error of commander as one line without its prefix; a suggestion, which it puts on a line of its own, follows. */
export const usageError = (text: string): string =>
  oneLine(text.replace(/^error: /, '').replace(/\s*\n\((Did you mean [^\n]+\?)\)/, '. $1'))
