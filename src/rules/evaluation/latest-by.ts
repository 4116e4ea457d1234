import { isCalendarDay } from '../../core/calendar-day.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'
import { callPart, type Evaluation, partFailed } from './call-part.ts'

/** A value of a property and its time. */
type Timed = { readonly at: string | undefined; readonly value: Json | undefined }

// With a zone: without one, the same text is another time on another machine.
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?$/

/**
 * The time that a function of a rule returns, as ISO 8601 in UTC with milliseconds.
 *
 * @throws RuleFailed if it throws, or returns no time
 */
export function timeOf(evaluation: Evaluation, property: string, latestBy: () => unknown): string {
  const part = `latestBy of ${property}`
  const given = callPart(evaluation, part, latestBy)
  const isTime = given instanceof Date || typeof given === 'number' || (typeof given === 'string' && isIso(given))
  const time = new Date(isTime ? given : Number.NaN)
  const text = Number.isNaN(time.getTime()) ? '' : time.toISOString()
  // Times are compared as text.
  if (text.length !== 24) {
    throw partFailed(evaluation, part, 'returned no time: a Date, ISO 8601 with a zone, or milliseconds since 1970')
  }
  return text
}

const isIso = (text: string): boolean => ISO.test(text) && isCalendarDay(text.slice(0, 10))

/** Whether a value takes the place of another one, in whatever order the two are met. */
export function isLater(a: Timed & { readonly at: string }, b: Timed): boolean {
  if (b.at === undefined || a.at !== b.at) return b.at === undefined || a.at > b.at
  return textOf(a) > textOf(b)
}

// No text of JSON is empty.
const textOf = ({ value }: Timed): string => (value === undefined ? '' : canonicalJson(value))
