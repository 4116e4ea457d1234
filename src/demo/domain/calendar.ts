// Dates are text, `2026-11-20`, and UTC: a reading belongs to the UTC day of its timestamp.

const DAY = 24 * 60 * 60 * 1000
const MOST_EASTERN_OFFSET = 14 * 60 * 60 * 1000

/** Whether `text` is a calendar day such as `2026-11-20`, from the year 1000 on. */
export function isDate(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && dateOf(time) === text
}

/** The UTC day of a time in milliseconds since 1970. */
export const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** The year of a date, as streams name it: `2026` of `2026-11-20`. */
export const yearOf = (date: string): string => date.slice(0, 4)

/** The year after `year`. */
export const yearAfter = (year: string): string => String(Number(year) + 1)

/**
 * The latest day anywhere on Earth at `now`: in UTC+14 the next day begins 14 hours before it does in UTC. A date after
 * it is in the future everywhere.
 */
export const latestDateAt = (now: number): string => dateOf(now + MOST_EASTERN_OFFSET)

/** The ISO 8601 week of a date with the ISO year, which differs from the calendar's around new year: `2026-W53`. */
export function isoWeekOf(date: string): string {
  const time = Date.parse(`${date}T00:00:00Z`)
  const weekday = (new Date(time).getUTCDay() + 6) % 7
  // A week belongs to the year of its Thursday.
  const thursday = new Date(time + (3 - weekday) * DAY)
  const year = thursday.getUTCFullYear()
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY))
  return `${year}-W${String(week).padStart(2, '0')}`
}

/** Whether `text` is an ISO week that exists: `2026-W53` does, `2025-W53` does not. */
export function isIsoWeek(text: string): boolean {
  const [, year, week] = /^([1-9]\d{3})-W(\d{2})$/.exec(text) ?? []
  if (year === undefined || week === undefined || week === '00' || week > '53') return false
  // The last days of December are in week 52 or 53, or already in the next year's first one; the 28th never is.
  return `${year}-W${week}` <= isoWeekOf(`${year}-12-28`)
}
