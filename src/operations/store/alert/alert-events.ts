import { defineEvents } from '../../../core/events/define-events.ts'
import type { RuleName, Severity, Subject } from '../../model/alert.ts'
import { asWritten } from '../as-written.ts'

/** A change of an alert, as it is stored. */
export type AlertChanged = {
  readonly fingerprint: string
  readonly rule: RuleName
  readonly subject: Subject
  readonly severity: Severity
  readonly message: string
  /** When it was decided: ISO 8601 in UTC. */
  readonly at: string
  /** The number of this change, from 1 over all months of the alert. */
  readonly change: number
}

/** An alert as its events leave it. Before the first one it is resolved, and its texts are empty. */
export type AlertRecord = AlertChanged & {
  readonly state: 'firing' | 'flapping' | 'resolved'
  readonly startedAt: string
  readonly resolvedAt: string | null
}

/** The events of an alert, in a stream for each month: `alert:<fingerprint>:<yyyy-mm>`. */
export const alertEvents = defineEvents({
  AlertFired: asWritten<AlertChanged>(),
  AlertEscalated: asWritten<AlertChanged>(),
  AlertEased: asWritten<AlertChanged>(),
  AlertFlapping: asWritten<AlertChanged>(),
  AlertResolved: asWritten<AlertChanged>(),
  /** The alert as it was at the end of the month before. */
  AlertMonthOpened: asWritten<AlertRecord>(),
})
