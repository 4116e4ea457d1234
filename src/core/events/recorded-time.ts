// A date, a time of day, and an offset or none.
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/

// What toISOString returns of a date that exists: it is always followed. 29 February is left to the slow way.
const DATE = '(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31'
const OWN_FORM = new RegExp(`^\\d{4}-(?:${DATE})T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$`)

/**
 * The time that an event's `recordedAt` names, in milliseconds, which is what Tidemark keeps. Other programs spell it
 * differently: with seven decimals, an offset, or none. Without an offset it is in UTC, as an event's metadata is, and
 * not in the time zone of this process, so that two hosts read it alike.
 *
 * @returns undefined for what is no time in the form of ISO 8601
 */
export function recordedTime(recordedAt: unknown): Date | undefined {
  if (typeof recordedAt !== 'string') return undefined
  const found = ISO_8601.exec(recordedAt)
  if (found === null) return undefined
  const time = new Date(found[3] === undefined ? `${recordedAt}Z` : recordedAt)
  return Number.isNaN(time.getTime()) ? undefined : time
}

/**
 * A `recordedAt` as Tidemark spells it, which makes it the same in all storages. What is no time is returned as it is.
 */
export const canonicalTime = (recordedAt: string): string =>
  OWN_FORM.test(recordedAt) ? recordedAt : (recordedTime(recordedAt)?.toISOString() ?? recordedAt)
