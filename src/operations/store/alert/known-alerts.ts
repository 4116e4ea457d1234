import type { Alert, Fingerprint } from '../../model/alert.ts'
import type { AlertChange } from '../../model/evaluation.ts'
import type { AlertRecord } from './alert-events.ts'
import { isOpen, toAlert, unknownAlert } from './alert-record.ts'
import { withChange } from './change-alert.ts'

/** The alerts that this process knows to be open. */
export type KnownAlerts = {
  /** Applies a change before it is stored. @returns whether it changes anything */
  apply(change: AlertChange): boolean
  /** Takes over what is stored, unless something later is known. @returns whether that changed anything */
  put(record: AlertRecord): boolean
  /** Takes over what is stored in place of what this process made of it. */
  replace(record: AlertRecord): void
  records(): readonly AlertRecord[]
  get(fingerprint: Fingerprint): AlertRecord | undefined
  /** @param incidentOf the incident of an alert */
  open(incidentOf: (fingerprint: Fingerprint) => string | null): readonly Alert[]
}

// Resolved ones are kept for a while, so that what is read late does not open them again.
const KEPT = 1_000

/** Creates an empty list. */
export function createKnownAlerts(): KnownAlerts {
  const records = new Map<Fingerprint, AlertRecord>()

  function set(record: AlertRecord): void {
    if (record.fingerprint === '') return
    records.delete(record.fingerprint)
    records.set(record.fingerprint, record)
    if (records.size <= KEPT) return
    for (const one of records.values()) {
      if (isOpen(one)) continue
      records.delete(one.fingerprint)
      if (records.size <= KEPT) return
    }
  }

  return {
    apply(change) {
      const before = records.get(change.fingerprint) ?? unknownAlert
      const after = withChange(before, change)
      if (after === before) return false
      set(after)
      return true
    },
    put(record) {
      const known = records.get(record.fingerprint)
      if (known && known.change >= record.change) return false
      set(record)
      return true
    },
    replace: set,
    records: () => [...records.values()],
    get: (fingerprint) => records.get(fingerprint),
    open: (incidentOf) =>
      [...records.values()].filter(isOpen).map((record) => toAlert(record, incidentOf(record.fingerprint))),
  }
}
