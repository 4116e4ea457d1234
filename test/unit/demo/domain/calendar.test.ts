import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dateOf, isDate, isIsoWeek, isoWeekOf, latestDateAt, yearAfter } from '../../../../src/demo/domain/calendar.ts'

const DAY = 86_400_000
const days = fc.integer({ min: Date.UTC(1900, 0, 1) / DAY, max: Date.UTC(2200, 0, 1) / DAY }).map((day) => day * DAY)

describe('isoWeekOf', () => {
  it.each([
    ['2026-11-20', '2026-W47'],
    ['2015-12-31', '2015-W53'],
    ['2016-01-03', '2015-W53'],
    ['2016-01-04', '2016-W01'],
    ['2024-12-30', '2025-W01'],
    ['2021-01-03', '2020-W53'],
    ['2012-01-01', '2011-W52'],
  ])('%s is in %s', (date, week) => {
    expect(isoWeekOf(date)).toBe(week)
  })

  it('gives the seven days from a Monday on one week that exists, and the next Monday another', () => {
    fc.assert(
      fc.property(days, (time) => {
        const monday = time - ((new Date(time).getUTCDay() + 6) % 7) * DAY
        const weeks = [0, 1, 2, 3, 4, 5, 6].map((n) => isoWeekOf(dateOf(monday + n * DAY)))
        expect(new Set(weeks).size).toBe(1)
        expect(isIsoWeek(weeks[0] as string)).toBe(true)
        expect(isoWeekOf(dateOf(monday + 7 * DAY)) > (weeks[0] as string)).toBe(true)
      }),
    )
  })

  it('puts 4 January into week 1 of its year', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2200 }), (year) => {
        expect(isoWeekOf(`${year}-01-04`)).toBe(`${year}-W01`)
      }),
    )
  })
})

describe('isDate', () => {
  it('takes every day and no other text', () => {
    fc.assert(fc.property(days, (time) => isDate(dateOf(time))))
    for (const text of [
      '2026-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-1-1',
      '0999-01-01',
      '2026-11-20T00:00:00Z',
      '',
    ]) {
      expect(isDate(text), text).toBe(false)
    }
  })
})

describe('isIsoWeek', () => {
  it('takes 53 weeks only of the years that have them', () => {
    const long = Array.from({ length: 50 }, (_, i) => 2000 + i).filter((year) => isIsoWeek(`${year}-W53`))
    expect(long).toEqual([2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048])
    for (const text of ['2026-W00', '2026-W54', '2026-W1', '2026W01', 'W01']) expect(isIsoWeek(text), text).toBe(false)
  })
})

it('knows the latest day on Earth, and the year after', () => {
  expect(latestDateAt(Date.UTC(2026, 10, 20, 9, 59))).toBe('2026-11-20')
  expect(latestDateAt(Date.UTC(2026, 11, 31, 10))).toBe('2027-01-01')
  expect(yearAfter('2026')).toBe('2027')
})
