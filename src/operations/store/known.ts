import { createKnownIncidents, type KnownIncidents } from '../incidents/known-incidents.ts'
import { createKnownSilences, type KnownSilences } from '../silences/known-silences.ts'
import { createKnownAlerts, type KnownAlerts } from './alert/known-alerts.ts'

/** What this process knows of what is stored; the newest, as far as it was read or written. */
export type Known = {
  readonly alerts: KnownAlerts
  readonly incidents: KnownIncidents
  readonly silences: KnownSilences
}

export const createKnown = (): Known => ({
  alerts: createKnownAlerts(),
  incidents: createKnownIncidents(),
  silences: createKnownSilences(),
})
