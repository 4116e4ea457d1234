import { defineProjection } from '../../projections/define-projection.ts'
import type { Availability } from '../model/activity.ts'
import { idPartOf } from '../store/id-part.ts'
import { watchEvents } from './activity-events.ts'

const keyOf = (service: string, at: string): string => `${dayOf(at)}~${idPartOf(service)}`
const dayOf = (at: string): string => at.slice(0, 10)

/** The seconds in which a service was up and down, by service and day. */
export const availabilityView = defineProjection('ops-availability', {
  events: watchEvents,
  indexes: ['day'],
  key: ({ type, data }) =>
    type === 'MinuteWatched' ? data.services.map(({ service }) => keyOf(service, data.at)) : null,
  initial: (key: string): Availability & { readonly key: string } => ({ key, service: '', day: '', up: 0, down: 0 }),
  on: {
    MinuteWatched: (view, { data }) => {
      const own = data.services.find(({ service }) => keyOf(service, data.at) === view.key)
      if (own === undefined) return view
      const { service, up, down } = own
      return { ...view, service, day: dayOf(data.at), up: view.up + up, down: view.down + down }
    },
  },
})
