import { createEvaluator, type EvaluatorOptions } from '../../../../../src/operations/alerts/evaluator.ts'
import type { Alert, Fingerprint } from '../../../../../src/operations/model/alert.ts'
import type { AlertChange, Evaluation } from '../../../../../src/operations/model/evaluation.ts'
import type { Snapshot } from '../../../../../src/operations/model/snapshot.ts'
import { healthy, iso, NOON, SECOND } from './snapshots.ts'

/** What becomes of the stored alerts by a change. */
export function applied(open: ReadonlyMap<Fingerprint, Alert>, change: AlertChange): Map<Fingerprint, Alert> {
  const { type, fingerprint, rule, subject, severity, message, at } = change
  const after = new Map(open)
  if (type === 'AlertResolved') after.delete(fingerprint)
  else {
    const before = open.get(fingerprint)
    after.set(fingerprint, {
      fingerprint,
      rule,
      subject,
      severity,
      message,
      state: type === 'AlertFlapping' || before?.state === 'flapping' ? 'flapping' : 'firing',
      startedAt: before?.startedAt ?? iso(at),
      changedAt: iso(at),
      resolvedAt: null,
      incident: null,
    })
  }
  return after
}

/** Evaluates one look after the other, and stores what has changed. */
export function createWatch(options: EvaluatorOptions = {}, every = SECOND) {
  let evaluator = createEvaluator({ every, ...options })
  let open = new Map<Fingerprint, Alert>()
  let now = NOON
  let last: Evaluation | undefined
  const log: AlertChange[] = []

  function look(change: (now: number) => Partial<Snapshot> = () => ({})): readonly AlertChange[] {
    last = evaluator.evaluate({ ...healthy(now), ...change(now) }, [...open.values()])
    for (const one of last.changes) {
      log.push(one)
      open = applied(open, one)
    }
    now += every
    return last.changes
  }

  return {
    look,
    /** Looks at the same for a time, and returns the changes with the milliseconds since this began. */
    lookFor(milliseconds: number, change?: (now: number) => Partial<Snapshot>): (readonly [number, string])[] {
      const begun = now
      const end = now + milliseconds
      const found: (readonly [number, string])[] = []
      while (now < end) {
        const at = now - begun
        for (const { type, rule, severity } of look(change)) found.push([at, `${type} ${rule} ${severity}`])
      }
      return found
    },
    /** Another process continues with what is stored. */
    restart(with_: EvaluatorOptions = options) {
      evaluator = createEvaluator({ every, ...with_ })
    },
    /** Moves the clock of the evaluating process, and with it the whole world unless told otherwise. */
    move(milliseconds: number) {
      now += milliseconds
    },
    get now() {
      return now
    },
    get evaluator() {
      return evaluator
    },
    get last() {
      return last
    },
    open: () => [...open.values()],
    store(alerts: readonly Alert[]) {
      open = new Map(alerts.map((alert) => [alert.fingerprint, alert]))
    },
    log,
  }
}
