import { defineAggregate } from '../../aggregates/aggregate.ts'
import { idOf } from '../../core/stream-id.ts'
import type { Severity } from '../model/alert.ts'
import type { Incident, IncidentEntry } from '../model/incident.ts'
import { type IncidentAlert, type IncidentAlertChanged, incidentEvents } from './incident-events.ts'

/** An incident as its events leave it. */
export type IncidentRecord = Omit<Incident, 'alerts'> & {
  readonly alerts: readonly IncidentAlert[]
  /** Who resolved it; null if it resolved itself, or is not resolved. */
  readonly resolvedBy: string | null
  /** How many entries of the timeline were left out after the first ones. */
  readonly left: number
  /** The version of its stream. */
  readonly version: number
}

type Recorded<Data> = { readonly data: Data; readonly streamId: string; readonly version: number }
type At = { readonly at: string }
type By = At & { readonly by: string }

/** The most entries of a timeline: the first ones and the last ones are kept. */
const TIMELINE = { first: 100, last: 400 } as const

export const noIncident: IncidentRecord = {
  id: '',
  title: '',
  severity: 'warning',
  state: 'resolved',
  openedAt: '',
  resolvedAt: null,
  acknowledgedBy: null,
  alerts: [],
  timeline: [],
  resolvedBy: null,
  left: 0,
  version: 0,
}

/** How an incident's events change it. */
export const evolveIncident = {
  IncidentOpened: (
    _: IncidentRecord,
    { data, streamId, version }: Recorded<At & { readonly alert: IncidentAlert }>,
  ) => {
    const { at, alert } = data
    const begun = { ...noIncident, id: idOf(streamId), title: alert.message, state: 'open', openedAt: at } as const
    return joined(told({ ...begun, version }, { type: 'Opened', at }), data)
  },
  IncidentReopened: (
    record: IncidentRecord,
    { data, version }: Recorded<At & { readonly alert: IncidentAlert }>,
  ): IncidentRecord => {
    const open = { ...record, state: 'open', resolvedAt: null, resolvedBy: null, acknowledgedBy: null } as const
    return joined(told({ ...open, version }, { type: 'Reopened', at: data.at }), data)
  },
  AlertJoined: (record: IncidentRecord, { data, version }: Recorded<At & { readonly alert: IncidentAlert }>) =>
    joined({ ...record, version }, data),
  IncidentAlertChanged: (record: IncidentRecord, { data, version }: Recorded<IncidentAlertChanged>): IncidentRecord => {
    const { type, at, fingerprint, severity, message } = data
    const alerts = record.alerts.map((one) => (one.fingerprint === fingerprint ? changedBy(one, data) : one))
    const worst = highest(record.severity, severity)
    return told({ ...record, version, alerts, severity: worst }, { type, at, fingerprint, message })
  },
  IncidentAcknowledged: (record: IncidentRecord, { data: { at, by }, version }: Recorded<By>): IncidentRecord =>
    told({ ...record, version, state: 'acknowledged', acknowledgedBy: by }, { type: 'Acknowledged', at, by }),
  NoteAdded: (record: IncidentRecord, { data: { at, by, note }, version }: Recorded<By & { readonly note: string }>) =>
    told({ ...record, version }, { type: 'NoteAdded', at, by, note }),
  IncidentResolved: (
    record: IncidentRecord,
    { data: { at, by, firing }, version }: Recorded<At & { readonly by: string | null; readonly firing: number }>,
  ): IncidentRecord =>
    told(
      { ...record, version, state: 'resolved', resolvedAt: at, resolvedBy: by },
      { type: 'Resolved', at, by, firing },
    ),
}

function changedBy(alert: IncidentAlert, { type, at, severity, message, change }: IncidentAlertChanged): IncidentAlert {
  const changed = { ...alert, severity, message, change, state: STATES[type] ?? alert.state }
  return type === 'AlertResolved' ? { ...changed, resolvedAt: at } : changed
}

const STATES: { readonly [type in IncidentAlertChanged['type']]?: IncidentAlert['state'] } = {
  AlertFlapping: 'flapping',
  AlertResolved: 'resolved',
}

const highest = (a: Severity, b: Severity): Severity => (a === 'critical' || b === 'critical' ? 'critical' : 'warning')

function joined(record: IncidentRecord, { at, alert }: At & { readonly alert: IncidentAlert }): IncidentRecord {
  const { fingerprint, message } = alert
  const others = record.alerts.filter((one) => one.fingerprint !== fingerprint)
  const severity = highest(record.severity, alert.severity)
  return told({ ...record, alerts: [...others, alert], severity }, { type: 'AlertJoined', at, fingerprint, message })
}

function told(record: IncidentRecord, entry: IncidentEntry): IncidentRecord {
  const { first, last } = TIMELINE
  const all = [...record.timeline, entry]
  if (all.length <= first + last) return { ...record, timeline: all }
  return { ...record, timeline: [...all.slice(0, first), ...all.slice(-last)], left: record.left + 1 }
}

/** An incident: one stream for its whole life. */
export const incidentAggregate = defineAggregate({
  category: 'incident',
  events: incidentEvents,
  initial: noIncident,
  evolve: evolveIncident,
})

/** An incident as others see it. */
export function toIncident(record: IncidentRecord): Incident {
  const { resolvedBy: _by, left: _left, version: _version, alerts, ...incident } = record
  return { ...incident, alerts: alerts.map(({ change: _change, resolvedAt: _at, ...alert }) => alert) }
}
