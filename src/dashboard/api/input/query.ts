import { InvalidOption } from '../../../core/errors/input.ts'
import { recordedTime } from '../../../core/events/recorded-time.ts'

// Longer than every id, and short enough for a URL.
const MOST_CHARACTERS = 1_024

/** A parameter of the query, if it is there and not empty. @throws InvalidOption if it is too long */
export function textOf(query: URLSearchParams, name: string, most = MOST_CHARACTERS): string | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (text.length > most) throw new InvalidOption(name, `at most ${most} characters`, text)
  return text
}

/** A text that is required. @throws InvalidOption */
export function requiredText(query: URLSearchParams, name: string): string {
  const text = textOf(query, name)
  if (text === undefined) throw new InvalidOption(name, 'given', text)
  return text
}

/** A whole number within bounds, if it is there. @throws InvalidOption */
export function wholeNumberOf(
  query: URLSearchParams,
  name: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
): number | undefined {
  const text = textOf(query, name)
  return text === undefined ? undefined : wholeNumber(name, text, least, most)
}

/** A time as ISO 8601, if it is there. @throws InvalidOption */
export function timeOf(query: URLSearchParams, name: string): Date | undefined {
  const text = textOf(query, name)
  if (text === undefined) return undefined
  const time = recordedTime(text)
  if (time === undefined) throw new InvalidOption(name, 'a time as ISO 8601', text)
  return time
}

/** A whole number in a text. @throws InvalidOption */
export function wholeNumber(name: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= least && number <= most)) {
    throw new InvalidOption(
      name,
      `a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`,
      text,
    )
  }
  return number
}
