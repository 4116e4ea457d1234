import type { FeedRange } from '../../core/port/change-feed.ts'
import { sameInterval } from '../../core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../core/positions/position.ts'

/** The later of the range's own tidemark and a position. */
export function later(marks: readonly Tidemark[], range: FeedRange, position: Position): Tidemark[] {
  const [own] = furthest(marks, range)
  return own && comparePositions(own, position) >= 0 ? [own] : [{ min: range.min, max: range.max, ...position }]
}

/** The range's own tidemark among these, if there is one. */
export function furthest(marks: readonly Tidemark[], range: FeedRange): Tidemark[] {
  const own = marks.filter((mark) => sameInterval(mark, range))
  return own.toSorted(comparePositions).slice(-1)
}
