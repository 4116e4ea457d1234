import type { FeedRange } from '../../core/port/change-feed.ts'
import type { Filter } from '../../core/reading/filter.ts'

// Ranges in one query: a filter has a limit.
const ALTERNATIVES = 40

/** Filters for the timers of some ranges. Ranges beside each other are one condition, so all of them together need none. */
export function filtersOf(ranges: readonly FeedRange[]): Filter[] {
  const joined: { min: string; max: string }[] = []
  for (const { min, max } of ranges.toSorted((a, b) => (a.min < b.min ? -1 : 1))) {
    const before = joined.at(-1)
    if (before === undefined || before.max < min) joined.push({ min, max })
    else if (before.max < max) before.max = max
  }
  const filters: Filter[] = []
  for (let at = 0; at < joined.length; at += ALTERNATIVES) {
    const conditions = joined
      .slice(at, at + ALTERNATIVES)
      .map(({ min, max }): Filter => ({ hash: { gte: min, lt: max } }))
    filters.push(conditions.length === 1 ? (conditions[0] as Filter) : { or: conditions })
  }
  return filters
}
