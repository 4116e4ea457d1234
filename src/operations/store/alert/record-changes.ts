import { PeriodClosed } from '../../../core/errors/append.ts'
import type { AlertChange } from '../../model/evaluation.ts'
import { idPartOf } from '../id-part.ts'
import type { Outbox } from '../outbox.ts'
import type { Records } from '../records.ts'
import type { AlertRecord } from './alert-events.ts'
import { isOpen } from './alert-record.ts'
import { changeAlert } from './change-alert.ts'
import type { KnownAlerts } from './known-alerts.ts'

/** Records changes of alerts. */
export type RecordChanges = {
  /** Applies changes, and puts them into the outbox. @returns whether they changed anything */
  add(changes: readonly AlertChange[]): boolean
  /** Takes over what was read, unless a change of the alert waits to be stored. @returns whether it changed anything */
  put(record: AlertRecord): boolean
  /** Puts what all alerts came to into the outbox, after changes were lost. */
  addAll(): void
}

/**
 * Creates what records changes. A change counts for this process at once; what is stored decides when it could be
 * stored, since another process may have been first.
 */
export function createRecordChanges(
  { alerts }: Pick<Records, 'alerts'>,
  known: KnownAlerts,
  outbox: Outbox,
): RecordChanges {
  const waiting = new Map<string, number>()

  async function store(change: AlertChange): Promise<AlertRecord> {
    const id = idPartOf(change.fingerprint)
    const command = (record: AlertRecord) => changeAlert(record, change)
    try {
      return (await alerts.execute(id, command, { period: monthOf(change.at) })).state
    } catch (error) {
      // The clock went back, or that of another process is ahead: the open month is as good.
      if (!(error instanceof PeriodClosed)) throw error
      return (await alerts.execute(id, command)).state
    }
  }

  /** It was decided when it was known that the alert is resolved, so it comes after that, wherever the clock is now. */
  function afterKnown(change: AlertChange): AlertChange {
    const { resolvedAt } = known.get(change.fingerprint) ?? {}
    const isAfter = change.type !== 'AlertFired' || !resolvedAt || change.at > Date.parse(resolvedAt)
    return isAfter ? change : { ...change, at: Date.parse(resolvedAt) + 1 }
  }

  function enqueue(change: AlertChange): void {
    const { fingerprint, at } = change
    waiting.set(fingerprint, (waiting.get(fingerprint) ?? 0) + 1)
    const done = () => {
      const left = (waiting.get(fingerprint) ?? 1) - 1
      if (left > 0) waiting.set(fingerprint, left)
      else waiting.delete(fingerprint)
      return left <= 0
    }
    outbox.add({
      at,
      write: async () => {
        const stored = await store(change)
        if (done()) known.replace(stored)
      },
      lost: () => void done(),
    })
  }

  return {
    add(changes) {
      const effective = changes.map(afterKnown).filter((change) => known.apply(change))
      effective.forEach(enqueue)
      return effective.length > 0
    },
    put: (record) => !waiting.has(record.fingerprint) && known.put(record),
    addAll() {
      for (const record of known.records()) {
        const { fingerprint, rule, subject, severity, message, at, startedAt } = record
        const type = isOpen(record) ? 'AlertFired' : 'AlertResolved'
        const since = Date.parse(isOpen(record) ? startedAt : at)
        enqueue({ type, fingerprint, rule, subject, severity, message, at: since })
      }
    },
  }
}

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)
