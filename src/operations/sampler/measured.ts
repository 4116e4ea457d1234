import type { Buckets, DurationName } from '../model/durations.ts'
import type { InstanceReport, TotalName } from '../model/instance-report.ts'
import type { Measured } from '../model/snapshot.ts'
import type { ObservedInstance } from './observed-instances.ts'

const TOTALS = [
  'appended',
  'appends',
  'appendConflicts',
  'folded',
  'saves',
  'viewConflicts',
  'leasesLost',
  'requestUnits',
  'cosmosRequests',
  'throttled',
  'requests',
  'failedRequests',
] as const satisfies readonly TotalName[]

/** What a process has reported and is still to be counted, by name of a total, or of a duration's bucket. */
type Outstanding = { left: Map<string, number>; perSecond: Map<string, number> }

// Over how much longer than the usual time until the next report, which may come late.
const LONGER = 1.2

// Less than this is an error of rounding.
const LEAST = 1e-9

type Counts = ReadonlyMap<string, number>

/**
 * Creates a function that sums what processes did between two snapshots.
 *
 * Processes report sums every few seconds, and less often than snapshots are taken. What one did between two reports is
 * counted evenly over as much time, and a little more, after the second one; what is left then is added to the next. A process that began anew begins at 0, one that is seen for the
 * first time at the first reading is measured from then on, and what one that has gone silent has not been counted for
 * is dropped.
 */
export function createMeasuring() {
  const all = new Map<string, Outstanding>()

  function note({ report, news }: ObservedInstance): void {
    if (news === undefined || news.before === undefined) return
    const [now, before] = [countsIn(report), news.before === null ? new Map() : countsIn(news.before)]
    const { left } = all.get(report.id) ?? { left: new Map<string, number>() }
    const perSecond = new Map<string, number>()
    for (const [name, count] of now) {
      const more = Math.max(0, count - (before.get(name) ?? 0))
      const total = (left.get(name) ?? 0) + more
      // What is left when nothing more was done is counted before the next report, so that it comes to an end.
      const seconds = (report.every * (more > 0 ? LONGER : 0.5)) / 1_000
      left.set(name, total)
      perSecond.set(name, total / seconds)
    }
    all.set(report.id, { left, perSecond })
  }

  /** @param observed null if it is unknown what processes report @param seconds since the snapshot before */
  return (observed: readonly ObservedInstance[] | null, seconds: number): Omit<Measured, 'bytes'> => {
    const sums = new Map<string, number>()
    const live = new Set<string>()
    for (const one of observed ?? []) {
      note(one)
      if (one.live) live.add(one.report.id)
    }
    for (const [id, { left, perSecond }] of all) {
      if (observed !== null && !live.has(id)) all.delete(id)
      if (!live.has(id)) continue
      for (const [name, count] of left) {
        const taken = Math.min(count, (perSecond.get(name) ?? 0) * seconds)
        left.set(name, count - taken < LEAST ? 0 : count - taken)
        sums.set(name, (sums.get(name) ?? 0) + taken)
      }
    }
    const totals = Object.fromEntries(TOTALS.map((name) => [name, sums.get(name) ?? null]))
    return { seconds, ...(totals as { [name in TotalName]: number | null }), durations: durationsIn(sums, observed) }
  }
}

function countsIn({ totals, durations }: InstanceReport): Counts {
  const counts = new Map<string, number>(Object.entries(totals))
  for (const [name, { counts: buckets }] of Object.entries(durations)) {
    for (const [i, count] of buckets.entries()) counts.set(bucketName(name, i), count)
  }
  return counts
}

const bucketName = (duration: string, bucket: number): string => `${duration}/${bucket}`

function durationsIn(sums: Counts, observed: readonly ObservedInstance[] | null): Measured['durations'] {
  const reported = (observed ?? []).flatMap(({ report }) => Object.entries(report.durations))
  const found = new Map<string, Buckets>()
  for (const [name, { boundaries }] of reported as [DurationName, Buckets][]) {
    if (found.has(name) || !sums.has(bucketName(name, 0))) continue
    const counts = Array.from({ length: boundaries.length + 1 }, (_, i) => sums.get(bucketName(name, i)) ?? 0)
    found.set(name, { boundaries, counts })
  }
  return Object.fromEntries(found)
}
