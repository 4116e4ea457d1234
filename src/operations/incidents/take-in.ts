import type { NewEventOf } from '../../core/events/types.ts'
import type { AlertChange } from '../model/evaluation.ts'
import type { AlertChanged } from '../store/alert/alert-events.ts'
import { firingIn } from './commands.ts'
import { type IncidentAlert, incidentEvents } from './incident-events.ts'
import type { IncidentRecord } from './incident-record.ts'

/** A change of an alert on its way into an incident. */
export type IncomingChange = AlertChanged & { readonly type: AlertChange['type'] }

type Decided = readonly NewEventOf<typeof incidentEvents>[]

/** Whether an alert demands attention by this change, and not only tells how it continues. */
export const isTrigger = ({ type }: IncomingChange): boolean => type === 'AlertFired' || type === 'AlertEscalated'

/** Opens an incident with its first alert, unless another process has just opened another one under this id. */
export const openWith =
  (change: IncomingChange) =>
  (record: IncidentRecord): Decided =>
    record.version > 0 ? [] : [incidentEvents.create('IncidentOpened', { at: change.at, alert: alertOf(change) })]

/** Opens it again, unless that has happened, or a person has resolved it. */
export const reopenWith =
  (change: IncomingChange) =>
  (record: IncidentRecord): Decided =>
    record.state !== 'resolved' || record.resolvedBy !== null || knows(record, change)
      ? []
      : [incidentEvents.create('IncidentReopened', { at: change.at, alert: alertOf(change) })]

/**
 * Takes a change into an incident, once. A resolved incident takes in what becomes of its alerts, which does not open it
 * again; the last alert that is resolved resolves an open one.
 */
export const takeIn =
  (change: IncomingChange) =>
  (record: IncidentRecord): Decided => {
    const known = record.alerts.find(({ fingerprint }) => fingerprint === change.fingerprint)
    if (known && known.change >= change.change) return []
    const isClosed = record.state === 'resolved'
    if (isTrigger(change)) {
      if (isClosed) return []
      if (known === undefined || change.type === 'AlertFired') {
        return [incidentEvents.create('AlertJoined', { at: change.at, alert: alertOf(change) })]
      }
    }
    const { type, at, fingerprint, severity, message } = change
    if (known === undefined || type === 'AlertFired') return []
    const data = { type, at, fingerprint, severity, message, change: change.change }
    const changed = incidentEvents.create('IncidentAlertChanged', data)
    const isLast = type === 'AlertResolved' && firingIn(record) === (known.state === 'resolved' ? 0 : 1)
    if (isClosed || !isLast) return [changed]
    return [changed, incidentEvents.create('IncidentResolved', { at, by: null, firing: 0 })]
  }

/** Whether an incident has taken in this change of an alert, or a later one. */
export const knows = ({ alerts }: Pick<IncidentRecord, 'alerts'>, change: IncomingChange): boolean =>
  alerts.some((one) => one.fingerprint === change.fingerprint && one.change >= change.change)

function alertOf({ type, at, ...change }: IncomingChange): IncidentAlert {
  return { ...change, state: type === 'AlertFlapping' ? 'flapping' : 'firing', startedAt: at }
}
