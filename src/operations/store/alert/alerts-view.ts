import { idOf } from '../../../core/stream-id.ts'
import { defineProjection } from '../../../projections/define-projection.ts'
import { alertEvents } from './alert-events.ts'
import { evolveAlert, unknownAlert } from './alert-record.ts'

/** The state of each alert that ever fired, by the id of its streams. */
export const alertsView = defineProjection('ops-alerts', {
  events: alertEvents,
  key: ({ streamId }) => idOf(streamId),
  indexes: ['state'],
  initial: () => unknownAlert,
  on: evolveAlert,
})
