import { containsHash, containsInterval, type HashInterval, sameInterval } from './hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from './position.ts'

/**
 * The furthest tidemark that holds at a place in the hash space, or undefined where nothing was folded yet. After a
 * split a place can lie in the parent's tidemark and in a child's: both hold, so the later one counts.
 */
export function tidemarkAt(tidemarks: readonly Tidemark[], hash: string): Tidemark | undefined {
  let found: Tidemark | undefined
  for (const mark of tidemarks) {
    if (containsHash(mark, hash) && (found === undefined || comparePositions(mark, found) > 0)) found = mark
  }
  return found
}

/** Whether a view with these tidemarks has folded, or passed, the event at `position`. */
export function hasFolded(tidemarks: readonly Tidemark[], position: Position): boolean {
  const mark = tidemarkAt(tidemarks, position.hash)
  return mark !== undefined && comparePositions(mark, position) >= 0
}

/**
 * The tidemarks after an event of `range` at `position` was folded, with the event's mark where it is known. The mark of a wider range stays as long as it
 * says something about a place that no finer mark is ahead of it at.
 */
export function advance(
  tidemarks: readonly Tidemark[],
  range: HashInterval,
  position: Position & Pick<Tidemark, 'event'>,
): Tidemark[] {
  const moved: Tidemark = {
    min: range.min,
    max: range.max,
    lsn: position.lsn,
    hash: position.hash,
    version: position.version,
    ...(position.event !== undefined && { event: position.event }),
  }
  const others = tidemarks.filter((mark) => !sameInterval(mark, range))
  if (others.length === 0) return [moved]
  const all = [...others, moved].sort((a, b) => (a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : 1))
  return all.filter((mark) => !isOvertaken(mark, all))
}

function isOvertaken(mark: Tidemark, all: readonly Tidemark[]): boolean {
  let reached = mark.min
  for (const finer of all) {
    if (finer === mark || sameInterval(finer, mark) || !containsInterval(mark, finer)) continue
    if (comparePositions(finer, mark) < 0 || finer.min > reached) continue
    if (finer.max > reached) reached = finer.max
  }
  return reached >= mark.max
}
