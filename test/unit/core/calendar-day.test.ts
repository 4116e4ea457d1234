import { expect, it } from 'vitest'
import { isCalendarDay } from '../../../src/core/calendar-day.ts'

it('a month has the days that it has, leap years included', () => {
  for (const day of ['2026-01-31', '2026-02-28', '2028-02-29', '2000-02-29']) expect(isCalendarDay(day), day).toBe(true)
  for (const day of ['2026-02-29', '2026-04-31', '1900-02-29', '2026-13-01', '2026-01-00', 'x']) {
    expect(isCalendarDay(day), day).toBe(false)
  }
})
