import { later, type PlannedAppend, type StoredSlot } from '../documents.ts'

/** What is looked at of an event that has no LSN yet. */
export type PendingEvent = {
  readonly stream: { readonly id: string; readonly version: number }
  readonly append: { readonly id: string }
  readonly metadata: { readonly recordedAt: string }
}

/**
 * Gives appends the next LSNs of their slot, one an append, in the order in which they come.
 *
 * @param pending events in the order of (recordedAt, stream, version), which keeps the versions of each stream, since
 *   `recordedAt` never goes back there, and the events of each append together
 * @param isCut whether there may be more, so that the last append of several may lack its end
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
 * The events right before those that were found, where they were not found themselves. When one of them is pending
 * too, a scan has missed it: it was committed behind the place where the scan was by then.
 */
export function predecessorsOf(
  pending: readonly PendingEvent[],
): { readonly stream: string; readonly version: number }[] {
  const found = new Set(pending.map(({ stream }) => `${stream.id}:${stream.version}`))
  return pending
    .map(({ stream }) => ({ stream: stream.id, version: stream.version - 1 }))
    .filter(({ stream, version }) => version > 0 && !found.has(`${stream}:${version}`))
}
