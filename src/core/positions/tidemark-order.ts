import type { HashInterval } from './hash-interval.ts'

// Tidemarks are stored in this order, because they are created in it; other programs may have written another one.
const compare = (a: HashInterval, b: HashInterval): number =>
  a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : a.max > b.max ? 1 : 0

/** Sorts intervals by where they begin, then by where they end. All but the last are usually in order already. */
export function sorted<T extends HashInterval>(intervals: T[]): T[] {
  const last = intervals.pop()
  if (last === undefined) return intervals
  if (!isSorted(intervals)) return [...intervals, last].sort(compare)
  let i = intervals.length
  while (i > 0 && compare(intervals[i - 1] as T, last) > 0) i--
  intervals.splice(i, 0, last)
  return intervals
}

function isSorted(intervals: readonly HashInterval[]): boolean {
  for (let i = 1; i < intervals.length; i++) {
    if (compare(intervals[i - 1] as HashInterval, intervals[i] as HashInterval) > 0) return false
  }
  return true
}

// For few intervals, scanning is cheaper than an index.
const FEW = 8

const reaches = new WeakMap<readonly HashInterval[], readonly string[] | null>()

/**
 * How far the intervals up to each one reach: the greatest `max` of all of them. Computed once for a list, which must
 * not change afterwards; undefined if it is not in order, or too short to be worth it.
 */
export function reachOf(intervals: readonly HashInterval[]): readonly string[] | undefined {
  if (intervals.length <= FEW) return undefined
  let reach = reaches.get(intervals)
  if (reach === undefined) {
    reach = isSorted(intervals) ? reachOfSorted(intervals) : null
    reaches.set(intervals, reach)
  }
  return reach ?? undefined
}

function reachOfSorted(intervals: readonly HashInterval[]): readonly string[] {
  let reach = ''
  return intervals.map(({ max }) => {
    if (max > reach) reach = max
    return reach
  })
}
