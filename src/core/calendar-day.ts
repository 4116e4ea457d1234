/**
 * Whether the month of a date has its day, as in `2026-02-28`. Of a day that it does not have, `Date` makes one of the
 * next month.
 */
export function isCalendarDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}
