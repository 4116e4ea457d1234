import { isoTime } from '../../../core/iso-time.ts'
import type { Alert, PendingAlert, RuleName, Severity, Subject } from '../../model/alert.ts'
import type { AlertChange } from '../../model/evaluation.ts'
import type { Moment } from '../look/observed-time.ts'
import { createFlapping } from './flapping.ts'
import { createLevels, type Readings } from './levels.ts'

/** One alert, open or not, with what is remembered of the looks before. */
export type AlertTrack = {
  readonly isOpen: boolean
  /** Its condition holds, but not for long enough; null otherwise, and while it is open. */
  pending(moment: Moment): PendingAlert | null
  /** Takes over what is stored: this process may have been restarted, or another one may have decided. */
  stored(alert: Alert | undefined, moment: Moment): void
  /**
   * @param text one sentence about what holds now
   * @returns what has changed, in order
   */
  look(
    readings: Readings,
    holdFor: { readonly [severity in Severity]: number },
    text: (() => string) | null,
    moment: Moment,
  ): AlertChange[]
  /** Whether nothing has to be remembered of it. */
  isIdle(moment: Moment): boolean
}

type Ref = { readonly fingerprint: string; readonly rule: RuleName; readonly subject: Subject }

// How long what this process decided may take until it is stored, in milliseconds.
const STORED_WITHIN = 30_000

/** Creates an alert that is not open. */
export function createAlertTrack(ref: Ref): AlertTrack {
  const levels = createLevels()
  const flapping = createFlapping()
  let severity: Severity | null = null
  let message = ''
  // Milliseconds since 1970 of the last change, and in observed time since when this process awaits that it is stored.
  let changedAt = 0
  let awaitedSince: number | null = null

  function take(next: Severity | null) {
    severity = next
    levels.set(next)
  }

  function adopt(alert: Alert, storedAt: number) {
    changedAt = storedAt
    awaitedSince = null
    message = alert.message
    if (severity !== alert.severity) take(alert.severity)
    if (flapping.on !== (alert.state === 'flapping')) flapping.set(alert.state === 'flapping')
  }

  function change(type: AlertChange['type'], next: Severity, { at, observed }: Moment): AlertChange {
    // A clock that was set back must not put a change before the one that it follows.
    changedAt = Math.max(at, changedAt)
    awaitedSince = observed
    return { type, ...ref, severity: next, message, at: changedAt }
  }

  function decide(moment: Moment): AlertChange[] {
    const { severity: target } = levels
    const type = changeBetween(severity, target)
    if (type === null) return []
    const before = severity ?? target ?? 'warning'
    const isBetter = type === 'AlertEased' || type === 'AlertResolved'
    if (flapping.on) {
      if (isBetter && !(type === 'AlertResolved' && flapping.isOver)) return []
      if (isBetter) flapping.set(false)
      severity = target
      return [change(type, target ?? before, moment)]
    }
    flapping.changed(moment.observed)
    if (!flapping.on || !isBetter) severity = target
    const changes = flapping.on && isBetter ? [] : [change(type, target ?? before, moment)]
    return flapping.on ? [...changes, change('AlertFlapping', severity ?? before, moment)] : changes
  }

  return {
    get isOpen() {
      return severity !== null
    },
    pending({ at }) {
      const next = severity === null ? levels.pending : null
      if (next === null) return null
      const { held, left } = next
      return { ...ref, severity: next.severity, message, since: isoTime(at - held), firesAt: isoTime(at + left) }
    },
    stored(alert, { observed }) {
      const isAwaited = awaitedSince !== null && observed - awaitedSince < STORED_WITHIN
      if (alert === undefined) {
        if (severity === null) awaitedSince = null
        // Another process resolved it, or what this one decided could not be stored.
        else if (!isAwaited) take(null)
        return
      }
      const storedAt = Date.parse(alert.changedAt)
      if (severity !== null && storedAt === changedAt) awaitedSince = null
      else if (!isAwaited || storedAt > changedAt) adopt(alert, storedAt)
    },
    look(readings, holdFor, text, moment) {
      const { elapsed, gap } = moment
      if (gap !== null) {
        levels.restart()
        flapping.restart()
      }
      levels.look(readings, holdFor, elapsed)
      flapping.look(calmIn(readings), elapsed)
      if (text !== null && (readings.warning === 'holds' || readings.critical === 'holds')) message = text()
      return decide(moment)
    },
    isIdle: ({ observed }) =>
      severity === null && levels.pending === null && awaitedSince === null && flapping.isIdle(observed),
  }
}

function calmIn({ warning, critical }: Readings): boolean | 'unknown' {
  if (warning === 'calm' && critical === 'calm') return true
  return warning === 'unknown' || critical === 'unknown' ? 'unknown' : false
}

/** What has changed between two severities; null for nothing. */
function changeBetween(before: Severity | null, after: Severity | null): AlertChange['type'] | null {
  if (before === after) return null
  if (before === null) return 'AlertFired'
  if (after === null) return 'AlertResolved'
  return after === 'critical' ? 'AlertEscalated' : 'AlertEased'
}
