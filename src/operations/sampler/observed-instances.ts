import type { InstanceReport } from '../model/instance-report.ts'

/** A process, as far as its reports tell. */
export type ObservedInstance = {
  readonly report: InstanceReport
  /** Whether it has reported, or stopped in good order, not longer ago than it may take. */
  readonly live: boolean
  /** What is new since the reading before, if it reported since. */
  readonly news:
    | {
        /** The report before, of the same process; null for its first one; undefined if that was not seen. */
        readonly before: InstanceReport | null | undefined
        /** It reported after the first of these times and before the second, in milliseconds since 1970. */
        readonly after: number
        readonly until: number
      }
    | undefined
}

// A process is missing after the time of so many reports, and one that stopped after that of two.
const MISSED = 3
const STOPPED = 2

/**
 * Creates a function that compares each reading of the reports with the one before. Whether a process is live is judged
 * by when this process saw its reports, because clocks differ.
 */
export function createObserver() {
  let known = new Map<string, { readonly report: InstanceReport; readonly seenAt: number }>()
  let readBefore: number | undefined

  /** @param began when the reading began @param now when it ended */
  return (reports: readonly InstanceReport[], began: number, now: number): ObservedInstance[] => {
    const previous = known
    known = new Map()
    const observed = reports.map((report): ObservedInstance => {
      const last = previous.get(report.id)
      const isSameLife = last?.report.startedAt === report.startedAt
      const isNew = !isSameLife || last?.report.reportedAt !== report.reportedAt
      const seenAt = isNew ? now : (last?.seenAt ?? now)
      known.set(report.id, { report, seenAt })
      const patience = (report.stoppedAt === null ? MISSED : STOPPED) * report.every
      // A clock that was set back says nothing.
      const live = Math.abs(now - seenAt) < patience
      if (!isNew) return { report, live, news: undefined }
      const before = isSameLife ? last?.report : readBefore === undefined ? undefined : null
      return { report, live, news: { before, after: readBefore ?? Number.NEGATIVE_INFINITY, until: now } }
    })
    readBefore = began
    return observed
  }
}
