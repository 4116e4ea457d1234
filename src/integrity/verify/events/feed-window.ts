import { FeedRangeGone, IncarnationMismatch } from '../../../core/errors/feed.ts'
import { InvalidContinuation } from '../../../core/errors/input.ts'
import type { Continuation, FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import { containsInterval, type HashInterval } from '../../../core/positions/hash-interval.ts'
import { isOlderLog } from '../../../core/positions/log-identity.ts'
import { comparePositions, type Position } from '../../../core/positions/position.ts'
import { cursorAt, type FeedCursor, type PageOptions, partOf, readOn } from './feed-cursor.ts'

/** Reads the feed forwards, in windows of positions. Memory: a page, and the one after it, for each range. */
export type FeedWindows = {
  /** The ranges as they are read now, without gaps and overlaps. */
  ranges(): readonly FeedRange[]
  /**
   * The next events of a range up to a position, in order, or undefined if there are no more of them.
   *
   * @param range any interval of the hash space @param to without it, to the end of the feed as it is now
   */
  take(range: HashInterval, to?: Position): Promise<readonly FeedEvent[] | undefined>
  /**
   * Continues after a position, without reading what is before it.
   *
   * @param continuation from where to read; it may be of no use, because the ledger may have been edited
   */
  skip(range: HashInterval, to: Position, continuation: Continuation | undefined): void
}

/** Opens the feed at its start. */
export async function openWindows(options: PageOptions): Promise<FeedWindows> {
  const { feed } = options
  let cursors: FeedCursor[] = (await feed.ranges()).map((range) => cursorAt(range, 'start'))

  /** Cuts cursors at the ends of an interval. A part of a range can be read like a range. */
  function within(range: HashInterval): readonly FeedCursor[] {
    const cut = (bound: string) => {
      cursors = cursors.flatMap((cursor) => {
        const { min, max } = cursor.range
        if (bound <= min || bound >= max) return [cursor]
        return [partOf(cursor, { min, max: bound }), partOf(cursor, { min: bound, max })]
      })
    }
    cut(range.min)
    cut(range.max)
    return cursors.filter((cursor) => containsInterval(range, cursor.range))
  }

  /** Makes sure that a cursor has an event, or is at the end. @returns false if the cursor was divided */
  async function fill(cursor: FeedCursor, to: Position | undefined, ended: Set<FeedCursor>): Promise<boolean> {
    try {
      while (cursor.next === cursor.buffer.length && !ended.has(cursor)) {
        if ((to !== undefined && cursor.readTo >= to.lsn) || (await readOn(cursor, options))) ended.add(cursor)
      }
      return true
    } catch (error) {
      if (isUseless(error) && cursor.from !== 'start') {
        options.onLost(error)
        cursors = cursors.map((one) => (one === cursor ? cursorAt(one.range, 'start', one.last) : one))
        return false
      }
      if (!(error instanceof FeedRangeGone)) throw error
      const parts = (await feed.ranges()).flatMap((part) => common(part, cursor.range))
      if (parts.length < 2) throw error
      cursors = cursors.flatMap((one) => (one === cursor ? parts.map((part) => partOf(one, part)) : [one]))
      return false
    }
  }

  async function take(range: HashInterval, to?: Position): Promise<readonly FeedEvent[] | undefined> {
    const ended = new Set<FeedCursor>()
    for (;;) {
      const inside = within(range)
      let isWhole = true
      for (const cursor of inside) {
        if (!(await fill(cursor, to, ended))) isWhole = false
        if (!isWhole) break
      }
      if (!isWhole) continue
      const events = inside.length === 1 ? takeOne(inside[0] as FeedCursor, to) : merge(inside, to, ended)
      return events.length === 0 ? undefined : events
    }
  }

  function takeOne(cursor: FeedCursor, to: Position | undefined): readonly FeedEvent[] {
    const { buffer, next } = cursor
    let end = buffer.length
    if (!isIn(buffer[end - 1], to)) {
      end = next
      while (isIn(buffer[end], to)) end++
    }
    cursor.next = end
    return next === 0 && end === buffer.length ? buffer : buffer.slice(next, end)
  }

  /** Merges what several cursors have, until one of them has to read on. */
  function merge(inside: readonly FeedCursor[], to: Position | undefined, ended: ReadonlySet<FeedCursor>) {
    const events: FeedEvent[] = []
    for (;;) {
      let first: FeedCursor | undefined
      for (const cursor of inside) {
        const event = cursor.buffer[cursor.next]
        if (event === undefined && !ended.has(cursor)) return events
        if (!isIn(event, to)) continue
        if (first === undefined || isBefore(event, first.buffer[first.next] as FeedEvent)) first = cursor
      }
      if (first === undefined) return events
      events.push(first.buffer[first.next++] as FeedEvent)
    }
  }

  return {
    ranges: () => cursors.map(({ range }) => range),
    take,
    skip(range, to, continuation) {
      const skipped = new Set(within(range))
      cursors = cursors.map((one) => (skipped.has(one) ? skip(one, to, continuation) : one))
    },
  }
}

/** The same range after a position. What was read already is of use if it reaches that far. */
function skip(cursor: FeedCursor, to: Position, continuation: Continuation | undefined): FeedCursor {
  if (cursor.readTo < to.lsn) return cursorAt(cursor.range, continuation ?? cursor.from, to)
  while (isIn(cursor.buffer[cursor.next], to)) cursor.next++
  return cursor
}

/** Whether an error means that a continuation is of no use: the position before it is known, so reading begins again. */
const isUseless = (error: unknown): boolean =>
  error instanceof InvalidContinuation || error instanceof IncarnationMismatch || isOlderLog(error)

/** What two intervals have in common, if anything. */
function common(a: HashInterval, b: HashInterval): readonly HashInterval[] {
  const { min } = a.min > b.min ? a : b
  const { max } = a.max < b.max ? a : b
  return min < max ? [{ min, max }] : []
}

const isIn = (event: FeedEvent | undefined, to: Position | undefined): event is FeedEvent =>
  event !== undefined && (to === undefined || comparePositions(event.position, to) <= 0)

const isBefore = (a: FeedEvent, b: FeedEvent): boolean => comparePositions(a.position, b.position) < 0
