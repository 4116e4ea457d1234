import type { Repository } from '../../aggregates/repository.ts'
import type { EventTypesOf } from '../../core/events/types.ts'
import type { incidentEvents } from './incident-events.ts'
import type { IncidentRecord } from './incident-record.ts'
import { incidentId, type KnownIncidents } from './known-incidents.ts'

export type Incidents = Repository<IncidentRecord, EventTypesOf<typeof incidentEvents>>

/** Looks for incidents after the last known one. */
export async function findNewIncidents(incidents: Incidents, known: KnownIncidents): Promise<void> {
  for (let next = known.last() + 1; ; next++) {
    const { state, exists } = await incidents.load(incidentId(next))
    if (!exists) return
    known.put(state)
  }
}
