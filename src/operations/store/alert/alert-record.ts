import { defineAggregate } from '../../../aggregates/aggregate.ts'
import type { Alert } from '../../model/alert.ts'
import { type AlertChanged, type AlertRecord, alertEvents } from './alert-events.ts'

type Changed = { readonly data: AlertChanged }

export const unknownAlert: AlertRecord = {
  fingerprint: '',
  rule: 'StorageUnavailable',
  subject: { kind: 'storage', id: '' },
  severity: 'warning',
  message: '',
  at: '',
  change: 0,
  state: 'resolved',
  startedAt: '',
  resolvedAt: null,
}

// Views fold the months of an alert in any order, so nothing is taken from a change that comes late.
const later =
  (next: (record: AlertRecord, data: AlertChanged) => AlertRecord) =>
  (record: AlertRecord, { data }: Changed): AlertRecord =>
    data.change > record.change ? next(record, data) : record

/** How an alert's events change it. */
export const evolveAlert = {
  AlertFired: later((_, data) => ({ ...data, state: 'firing', startedAt: data.at, resolvedAt: null })),
  AlertEscalated: later((record, data) => ({ ...record, ...data })),
  AlertEased: later((record, data) => ({ ...record, ...data })),
  AlertFlapping: later((record, data) => ({ ...record, ...data, state: 'flapping' })),
  AlertResolved: later((record, data) => ({ ...record, ...data, state: 'resolved', resolvedAt: data.at })),
  AlertMonthOpened: (record: AlertRecord, { data }: { readonly data: AlertRecord }): AlertRecord =>
    data.change > record.change ? data : record,
}

/** An alert: one stream for each month. */
export const alertAggregate = defineAggregate({
  category: 'alert',
  events: alertEvents,
  initial: unknownAlert,
  evolve: evolveAlert,
  periods: { carry: (record) => ({ type: 'AlertMonthOpened', data: record }) },
})

export const isOpen = ({ state }: Pick<AlertRecord, 'state'>): boolean => state !== 'resolved'

/** @param incident the incident that the alert belongs to */
export const toAlert = ({ at, change: _, ...record }: AlertRecord, incident: string | null): Alert => ({
  ...record,
  changedAt: at,
  incident,
})
