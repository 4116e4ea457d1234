import { defineProjection } from '../../../src/index.ts'
import { meterEvents } from './events.ts'

/** The meters of each area. @param areas the digits with which the postal codes begin that the release knows */
export const defineAreas = (areas: string) =>
  defineProjection('area-meters', {
    version: 2,
    events: meterEvents,
    key: ({ type, data, streamId }) => {
      if (type !== 'MeterRegistered') return null
      const digit = data.postalCode.slice(0, 1)
      if (!areas.includes(digit)) throw new Error(`The area of ${streamId} is not known`)
      return digit
    },
    initial: (area: string) => ({ area, meters: 0 }),
    on: { MeterRegistered: (view) => ({ ...view, meters: view.meters + 1 }) },
  })
