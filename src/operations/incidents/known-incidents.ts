import type { Incident } from '../model/incident.ts'
import { type IncidentRecord, toIncident } from './incident-record.ts'

/** The incidents that this process knows: all open ones, and the last resolved ones. */
export type KnownIncidents = {
  /** Takes over what was read, unless something later is known. @returns whether that changed anything */
  put(record: IncidentRecord): boolean
  get(id: string): IncidentRecord | undefined
  /** The newest first. */
  all(): readonly IncidentRecord[]
  open(): readonly Incident[]
  /** The incident that an alert belongs to: of several, the newest. */
  incidentOf(fingerprint: string): string | null
  /** The number of the last incident; 0 if there was none. */
  last(): number
}

// Resolved ones are kept for as long as their alerts may reopen them.
const KEPT = 50

/** Creates an empty list. */
export function createKnownIncidents(): KnownIncidents {
  const byId = new Map<string, IncidentRecord>()
  const incidentByAlert = new Map<string, string>()
  let last = 0

  function index(record: IncidentRecord): void {
    for (const { fingerprint } of record.alerts) {
      const other = incidentByAlert.get(fingerprint)
      if (other === undefined || other < record.id) incidentByAlert.set(fingerprint, record.id)
    }
  }

  function forgetOldest(): void {
    const resolved = [...byId.values()].filter(({ state }) => state === 'resolved')
    for (const { id, alerts } of resolved.sort(byAge).slice(0, -KEPT)) {
      byId.delete(id)
      for (const { fingerprint } of alerts) {
        if (incidentByAlert.get(fingerprint) === id) incidentByAlert.delete(fingerprint)
      }
    }
  }

  return {
    put(record) {
      const known = byId.get(record.id)
      if (record.id === '' || (known && known.version >= record.version)) return false
      byId.set(record.id, record)
      last = Math.max(last, Number(record.id))
      index(record)
      forgetOldest()
      return true
    },
    get: (id) => byId.get(id),
    all: () => [...byId.values()].sort(byAge).reverse(),
    open: () =>
      [...byId.values()]
        .filter(({ state }) => state !== 'resolved')
        .sort(byAge)
        .reverse()
        .map(toIncident),
    incidentOf: (fingerprint) => incidentByAlert.get(fingerprint) ?? null,
    last: () => last,
  }
}

const byAge = (a: IncidentRecord, b: IncidentRecord): number => (a.id < b.id ? -1 : 1)

/** The id of an incident: its number, with zeros before it, so that the order of ids is that of numbers. */
export const incidentId = (number: number): string => String(number).padStart(6, '0')
