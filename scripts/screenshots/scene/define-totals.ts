import { defineProjection, idOf } from '../../../src/index.ts'
import { meterEvents } from './events.ts'

/** The totals of each meter. @param limit kilowatt-hours of a day above which the release cannot handle a reading */
export const defineTotals = (limit: number) =>
  defineProjection('meter-totals', {
    events: meterEvents,
    key: ({ streamId }) => idOf(streamId),
    initial: (meterId: string) => ({ meterId, days: 0, kilowattHours: 0, latest: '' }),
    on: {
      MeterRead: (view, { data: { date, kilowattHours } }) => {
        if (kilowattHours > limit) throw new Error(`A meter cannot have used ${kilowattHours} kWh in a day`)
        return { ...view, days: view.days + 1, kilowattHours: view.kilowattHours + kilowattHours, latest: date }
      },
    },
  })
