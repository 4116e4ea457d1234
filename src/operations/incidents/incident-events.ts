import { defineEvents } from '../../core/events/define-events.ts'
import type { Severity } from '../model/alert.ts'
import type { Incident } from '../model/incident.ts'
import { asWritten } from '../store/as-written.ts'

/** An alert of an incident, and the number of its last change that the incident knows of. */
export type IncidentAlert = Incident['alerts'][number] & {
  readonly change: number
  /** When it was resolved: ISO 8601 in UTC; absent while it is not. */
  readonly resolvedAt?: string
}

type At = {
  /** ISO 8601 in UTC. */
  readonly at: string
}

/** What became of an alert that belongs to an incident. */
export type IncidentAlertChanged = At & {
  readonly type: 'AlertEscalated' | 'AlertEased' | 'AlertFlapping' | 'AlertResolved'
  readonly fingerprint: string
  readonly severity: Severity
  readonly message: string
  readonly change: number
}

/** The events of an incident, in the stream `incident:<id>`. */
export const incidentEvents = defineEvents({
  IncidentOpened: asWritten<At & { readonly alert: IncidentAlert }>(),
  /** An alert of it fired again soon after it had resolved itself. */
  IncidentReopened: asWritten<At & { readonly alert: IncidentAlert }>(),
  AlertJoined: asWritten<At & { readonly alert: IncidentAlert }>(),
  IncidentAlertChanged: asWritten<IncidentAlertChanged>(),
  IncidentAcknowledged: asWritten<At & { readonly by: string }>(),
  NoteAdded: asWritten<At & { readonly by: string; readonly note: string }>(),
  /** By a person, perhaps while alerts were still firing, or by itself. */
  IncidentResolved: asWritten<At & { readonly by: string | null; readonly firing: number }>(),
})
