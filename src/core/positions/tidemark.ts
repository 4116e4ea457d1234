import { containsHash, type HashInterval, sameInterval } from './hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from './position.ts'
import { reachOf, sorted } from './tidemark-order.ts'

/**
 * The furthest tidemark that covers a place in the hash space, or undefined if nothing was folded there yet. After a
 * split a place can be covered by the parent's tidemark and by a child's: both are valid, so the later one counts.
 */
export function tidemarkAt(tidemarks: readonly Tidemark[], hash: string): Tidemark | undefined {
  const reach = reachOf(tidemarks)
  let found: Tidemark | undefined
  // From the last one that begins at or below the hash to the left, for as long as one of those can still cover it.
  let i = reach === undefined ? tidemarks.length : firstAbove(tidemarks, hash)
  while (--i >= 0 && (reach === undefined || (reach[i] as string) > hash)) {
    const mark = tidemarks[i] as Tidemark
    if (containsHash(mark, hash) && (found === undefined || comparePositions(mark, found) >= 0)) found = mark
  }
  return found
}

/** The index of the first tidemark that begins above a hash. */
function firstAbove(tidemarks: readonly Tidemark[], hash: string): number {
  let [low, high] = [0, tidemarks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tidemarks[middle] as Tidemark).min <= hash) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether a view with these tidemarks has folded, or passed, the event at `position`. */
export function hasFolded(tidemarks: readonly Tidemark[], position: Position): boolean {
  const mark = tidemarkAt(tidemarks, position.hash)
  return mark !== undefined && comparePositions(mark, position) >= 0
}

/**
 * The tidemarks after an event of `range` at `position` was folded, with the event's mark if it is known. The mark of a
 * wider range stays as long as no finer mark is ahead of it somewhere in its interval.
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
  const at = indexIfDisjoint(tidemarks, range)
  if (at !== undefined) return tidemarks.with(at, moved)
  const all = tidemarks.filter((mark) => !sameInterval(mark, range))
  all.push(moved)
  const inOrder = sorted(all)
  return inOrder.filter((_, i) => !isOvertaken(inOrder, i))
}

/** The index of a range's mark among marks that are in order and do not contain each other: the usual case. */
function indexIfDisjoint(tidemarks: readonly Tidemark[], { min, max }: HashInterval): number | undefined {
  let found: number | undefined
  let end = ''
  for (let i = 0; i < tidemarks.length; i++) {
    const mark = tidemarks[i] as Tidemark
    if (mark.min < end) return undefined
    if (mark.min === min && mark.max === max) found = i
    end = mark.max
  }
  return found
}

// What is inside a mark is next to it: before it whatever begins with it, after it whatever begins further on.
function isOvertaken(all: readonly Tidemark[], at: number): boolean {
  const mark = all[at] as Tidemark
  let i = at
  while (i > 0 && (all[i - 1] as Tidemark).min === mark.min) i--
  let reached = mark.min
  for (; i < all.length && reached < mark.max; i++) {
    const finer = all[i] as Tidemark
    // None begins where the ones before end.
    if (finer.min > reached) return false
    if (finer.max > mark.max || sameInterval(finer, mark)) continue
    if (finer.max > reached && comparePositions(finer, mark) >= 0) reached = finer.max
  }
  return reached >= mark.max
}
