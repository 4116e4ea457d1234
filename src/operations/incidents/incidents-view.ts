import { idOf } from '../../core/stream-id.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import { incidentEvents } from './incident-events.ts'
import { evolveIncident, noIncident } from './incident-record.ts'

/** All incidents by id, open and resolved. The order of their ids is that in which they were opened. */
export const incidentsView = defineProjection('ops-incidents', {
  events: incidentEvents,
  key: ({ streamId }) => idOf(streamId),
  indexes: ['id', 'state'],
  initial: () => noIncident,
  on: evolveIncident,
})
