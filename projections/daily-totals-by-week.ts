import { isoWeekOf } from '../src/demo/domain/calendar.ts'
import { meterEvents } from '../src/demo/domain/meters/events.ts'
import { defineProjection, idOf } from '../src/index.ts'

/** The kWh of a meter, day by day, in one ISO week. */
export type DailyTotals = {
  readonly meterId: string
  /** `2026-W47` */
  readonly week: string
  /**
   * kWh by date, rounded to nine places (a microwatt hour): finer than real readings, coarser than floating-point
   * noise.
   */
  readonly days: { readonly [date: string]: number }
}

/**
 * The key of a meter's view of an ISO week: `87000001:2026-W47`. It contains the ISO year, so no two years share one.
 */
export const weekKey = (meterId: string, week: string): string => `${meterId}:${week}`

/**
 * One view for each meter and ISO week. A week across new year has readings from two streams. A day has one event, so
 * its total is set, not added to.
 */
export default defineProjection('daily-totals-by-week', {
  events: meterEvents,
  key: ({ type, streamId, data }) =>
    type === 'MeterReadingsCollected' ? weekKey(idOf(streamId), isoWeekOf(data.date)) : null,
  initial: (key: string): DailyTotals => {
    const [meterId = '', week = ''] = key.split(':')
    return { meterId, week, days: {} }
  },
  on: {
    MeterReadingsCollected: (view, { data: { date, readings } }) => ({
      ...view,
      days: byDate({ ...view.days, [date]: round(readings.reduce((sum, { value }) => sum + value, 0)) }),
    }),
  },
})

// Events of two streams arrive in any order, and the view must not depend on it.
const byDate = (days: DailyTotals['days']): DailyTotals['days'] => Object.fromEntries(Object.entries(days).sort())

const round = (kWh: number): number => Math.round(kWh * 1e9) / 1e9
