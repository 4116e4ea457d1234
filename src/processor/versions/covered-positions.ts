import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { containsInterval, type HashInterval } from '../../core/positions/hash-interval.ts'

/** A part of the feed, and an LSN in it. */
export type Mark = { readonly range: HashInterval; readonly lsn: number }

/**
 * Where each range of the feed ends now.
 *
 * @param leases those of the version that readers see: what it has read is in the log, also where a replica that is
 *   behind does not show it
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
 * Up to which LSN everything of an interval was read and saved: the least that holds anywhere in it. Where ranges were
 * cut, the lease of the whole and those of its parts both tell the truth, so that the further one counts.
 *
 * @returns 0 where some place of the interval has no lease
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

/** Whether leases are at or past every mark. Those of another life of the log count for nothing. */
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
