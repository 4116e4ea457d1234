import type { FeedRange } from '../../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import { containsInterval, type HashInterval } from '../../core/positions/hash-interval.ts'

/**
 * For each of these intervals, the finest of the others that contains it. Ranges are only ever split, so of any two of
 * them one contains the other, or they do not overlap.
 */
export function finestAround<T extends { readonly range: HashInterval }>(
  intervals: readonly HashInterval[],
  others: readonly T[],
): Map<HashInterval, T> {
  const found = new Map<HashInterval, T>()
  const sorted = others.toSorted((a, b) => compareIntervals(a.range, b.range))
  // Those around the current one, the widest first.
  const open: T[] = []
  let next = 0
  for (const interval of intervals.toSorted(compareIntervals)) {
    for (; next < sorted.length && (sorted[next] as T).range.min <= interval.min; next++) {
      close((sorted[next] as T).range.min)
      open.push(sorted[next] as T)
    }
    close(interval.min)
    const around = open.findLast(({ range }) => containsInterval(range, interval))
    if (around !== undefined) found.set(interval, around)
  }
  return found

  function close(place: string): void {
    while (open.length > 0 && (open.at(-1) as T).range.max <= place) open.pop()
  }
}

const compareIntervals = (a: HashInterval, b: HashInterval): number =>
  a.min !== b.min ? (a.min < b.min ? -1 : 1) : a.max === b.max ? 0 : a.max > b.max ? -1 : 1

/**
 * The document of a lease that does not exist yet: it resumes where the range that it was split from is, otherwise at
 * the start of the feed.
 *
 * @param parent the lease of the range that was split
 */
export function firstLease(
  { name, version }: { readonly name: string; readonly version: number },
  range: FeedRange,
  parent: LeaseDocument | undefined,
  incarnation: string,
): LeaseDocument {
  const start = { continuation: null, readTo: 0, incarnation }
  const id = leaseId(name, version, range)
  return { ...(parent ?? start), id, projection: name, version, range, owner: null, expiresAt: 0 }
}
