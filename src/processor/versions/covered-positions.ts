import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { containsInterval, type HashInterval } from '../../core/positions/hash-interval.ts'

/** A part of the feed, and an LSN in it. */
export type Mark = { readonly range: HashInterval; readonly lsn: number }

/**
 * The current end of each range of the feed.
 *
 * @param leases those of the active version: what it has read is in the log, even if a lagging replica does not show it
 */
export async function headsOf(
  { feed }: Pick<StoragePort, 'feed'>,
  leases: readonly LeaseDocument[],
): Promise<readonly Mark[]> {
  const ranges = await feed.ranges()
  return Promise.all(
    ranges.map(async (range) => {
      const atLeast = reachedIn(range, leases)
      const { head } = await feed.lag(range, 'now', { atLeast })
      return { range, lsn: head }
    }),
  )
}

/**
 * The LSN up to which everything in an interval was read and saved: the minimum over the interval. If ranges were
 * split, the lease of the whole and those of its parts are all valid, so the furthest one counts.
 *
 * @returns 0 if part of the interval has no lease
 */
export function reachedIn(interval: HashInterval, leases: readonly LeaseDocument[]): number {
  const cuts = leases.flatMap(({ range }) => [range.min, range.max])
  const inside = cuts.filter((cut) => cut > interval.min && cut < interval.max)
  const bounds = [...new Set([interval.min, ...inside, interval.max])].sort()
  const parts = bounds.slice(1).map((max, i) => ({ min: bounds[i] as string, max }))
  return Math.min(...parts.map((part) => furthest(part, leases)))
}

function furthest(part: HashInterval, leases: readonly LeaseDocument[]): number {
  return Math.max(0, ...leases.filter(({ range }) => containsInterval(range, part)).map(({ readTo }) => readTo))
}

/** Whether leases are at or past every mark. Those of another incarnation of the log do not count. */
export function haveReached(leases: readonly LeaseDocument[], marks: readonly Mark[], incarnation: string): boolean {
  const valid = leases.filter((lease) => lease.incarnation === incarnation)
  return marks.every(({ range, lsn }) => reachedIn(range, valid) >= lsn)
}

/** The leases of a version. */
export async function leasesOf(
  { leases }: Pick<StoragePort, 'leases'>,
  projection: string,
  version: number,
): Promise<LeaseDocument[]> {
  return (await leases.list({ projection, version })).map(({ document }) => document)
}
