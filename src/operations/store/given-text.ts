import { InvalidOption } from '../../core/errors/input.ts'

/** A text that a person gave, without spaces around it. @throws InvalidOption, without the text */
export function givenText(option: string, text: unknown, most: number): string {
  const given = typeof text === 'string' ? text.trim() : ''
  if (given.length >= 1 && given.length <= most && given.isWellFormed()) return given
  const expected = `a text of 1 to ${most.toLocaleString('en')} characters`
  throw new InvalidOption(option, expected, typeof text === 'string' ? `one of ${given.length} characters` : text)
}

/** The name of a person who does something. @throws InvalidOption */
export const givenName = (text: unknown): string => givenText('who', text, 100)
