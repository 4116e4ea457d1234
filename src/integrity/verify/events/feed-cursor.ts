import { settled } from '../../../core/async/settled.ts'
import type { ChangeFeed, FeedEvent, FeedPage, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { containsHash } from '../../../core/positions/hash-interval.ts'
import { comparePositions, type Position } from '../../../core/positions/position.ts'

/** How far the events of a feed range were taken. */
export type FeedCursor = {
  readonly range: FeedRange
  /** From where the page after the buffered events is read. */
  from: FeedStart
  /** Events that were read; those before `next` were taken. */
  buffer: readonly FeedEvent[]
  next: number
  /** Everything up to this LSN was read. */
  readTo: number
  /** The last event that was read or passed: what is at or before it does not count again. */
  last: Position | null
  /** The page after the buffered events, if reading it has begun. */
  ahead: Promise<PromiseSettledResult<FeedPage>> | undefined
}

/** How pages are read. */
export type PageOptions = {
  readonly feed: ChangeFeed
  /** Events in a page. */
  readonly limit: number
  readonly signal: AbortSignal
  /** Called with what is wrong with the database itself. */
  readonly onFault: (fault: string) => void
  /** Called with why a continuation is of no use. */
  readonly onLost: (error: unknown) => void
}

export const cursorAt = (range: FeedRange, from: FeedStart, last: Position | null = null): FeedCursor => ({
  range,
  from,
  buffer: [],
  next: 0,
  readTo: last === null ? -1 : last.lsn - 1,
  last,
  ahead: undefined,
})

/**
 * Reads the page after the buffered events, all of which must have been taken, and begins to read the one after it.
 *
 * @returns whether there was no further event @throws as `ChangeFeed.read` does
 */
export async function readOn(cursor: FeedCursor, options: PageOptions): Promise<boolean> {
  const { feed, limit, signal } = options
  const read = (from: FeedStart) => settled(feed.read(cursor.range, from, { limit, signal, asWritten: true }))
  const outcome = await (cursor.ahead ?? read(cursor.from))
  cursor.ahead = undefined
  cursor.buffer = []
  cursor.next = 0
  if (outcome.status === 'rejected') throw outcome.reason
  const page = outcome.value
  if (page.fault !== undefined) options.onFault(page.fault)
  if (!page.caughtUp) cursor.ahead = read(page.continuation)
  cursor.from = page.continuation
  cursor.readTo = page.readTo
  cursor.buffer = isAfter(page.events[0], cursor.last)
    ? page.events
    : page.events.filter((e) => isAfter(e, cursor.last))
  cursor.next = 0
  const last = page.events.at(-1)
  // A page that begins further back may end before what was passed.
  if (last !== undefined && isAfter(last, cursor.last)) cursor.last = last.position
  return page.caughtUp && cursor.buffer.length === 0
}

const isAfter = (event: FeedEvent | undefined, last: Position | null): boolean =>
  event === undefined || last === null || comparePositions(event.position, last) > 0

/** The cursor of a part of a range, which continues where that of the range is. */
export const partOf = (whole: FeedCursor, range: FeedRange): FeedCursor => ({
  ...whole,
  range,
  buffer: whole.buffer.slice(whole.next).filter(({ position }) => containsHash(range, position.hash)),
  next: 0,
  ahead: undefined,
})
