import { later, type PlannedAppend, type StoredSlot } from '../documents.ts'

/** The fields that are read of an event without an LSN. */
export type PendingEvent = {
  readonly stream: { readonly id: string; readonly version: number }
  readonly append: { readonly id: string }
  readonly metadata: { readonly recordedAt: string }
}

/**
 * Assigns the next LSNs of their slot to appends, one each, in order.
 *
 * @param pending events in the order of (recordedAt, stream, version), which keeps the versions of each stream in
 *   sequence, because `recordedAt` never decreases there, and the events of each append together
 * @param isCut whether there may be more, so that the last append of several may be incomplete
 */
export function assignLsns(slot: StoredSlot, pending: readonly PendingEvent[], isCut: boolean): PlannedAppend[] {
  const appends: PlannedAppend[] = []
  let [lsn, latest, last] = [slot.counter, slot.latest ?? '', '']
  for (const { stream, append, metadata } of pending) {
    const before = appends.at(-1)
    if (append.id === last && before) {
      appends[appends.length - 1] = { ...before, last: stream.version }
      continue
    }
    last = append.id
    latest = later(latest, metadata.recordedAt)
    appends.push({ stream: stream.id, first: stream.version, last: stream.version, lsn: ++lsn, latest })
  }
  return isCut && appends.length > 1 ? appends.slice(0, -1) : appends
}

/**
 * The predecessors of the events that were found, if they were not found themselves. If one of them is pending too, the
 * scan has missed it: it was committed behind the scan's current place.
 */
export function predecessorsOf(
  pending: readonly PendingEvent[],
): { readonly stream: string; readonly version: number }[] {
  const found = new Set(pending.map(({ stream }) => `${stream.id}:${stream.version}`))
  return pending
    .map(({ stream }) => ({ stream: stream.id, version: stream.version - 1 }))
    .filter(({ stream, version }) => version > 0 && !found.has(`${stream}:${version}`))
}
