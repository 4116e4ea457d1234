import type { NewEventOf } from '../../../core/events/types.ts'
import type { AlertChange } from '../../model/evaluation.ts'
import { storedText } from '../stored-text.ts'
import { type AlertChanged, type AlertRecord, alertEvents } from './alert-events.ts'
import { evolveAlert, isOpen } from './alert-record.ts'

/**
 * Records what an evaluation decided, unless the alert is already like that: of two evaluations of the same rules, the
 * second one decides nothing.
 */
export function changeAlert(record: AlertRecord, change: AlertChange): readonly NewEventOf<typeof alertEvents>[] {
  const type = typeOf(record, change)
  if (type === undefined) return []
  const { fingerprint, rule, severity, message, at } = change
  const data: AlertChanged = {
    fingerprint: storedText(fingerprint),
    rule,
    subject: { kind: change.subject.kind, id: storedText(change.subject.id) },
    severity,
    message: storedText(message),
    at: new Date(at).toISOString(),
    change: record.change + 1,
  }
  return [alertEvents.create(type, data)]
}

/** The alert after a change that is not stored yet. */
export function withChange(record: AlertRecord, change: AlertChange): AlertRecord {
  return changeAlert(record, change).reduce(
    (before, { type, data }) => evolveAlert[type](before, { data: data as AlertRecord }),
    record,
  )
}

function typeOf(record: AlertRecord, { type, severity, at }: AlertChange): AlertChange['type'] | undefined {
  if (!isOpen(record)) {
    // Another process resolved it after this one decided that it fires.
    const isOld = record.resolvedAt !== null && at <= Date.parse(record.resolvedAt)
    return type === 'AlertFired' && !isOld ? type : undefined
  }
  if (type === 'AlertResolved') return type
  if (type === 'AlertFlapping') return record.state === 'flapping' ? undefined : type
  if (severity === record.severity) return undefined
  return severity === 'critical' ? 'AlertEscalated' : 'AlertEased'
}
