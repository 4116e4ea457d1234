import type { FindCursor } from 'mongodb'
import type { FeedEvent, FeedPage } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import type { Attempt } from '../client/run.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { encodeContinuation, type Place } from './continuation.ts'
import { placedEvent } from './last-event.ts'
import type { Sequenced } from './sequencer.ts'
import { eventsBetween, FEED_ORDER, type SlotPart } from './slot-part.ts'

/** The maximum number of events that are read at once. */
export const MOST = 10_000

/**
 * A page of events with LSNs: a number of events, or as many as a response of the server holds, without splitting an
 * append.
 */
export async function readPage(
  { collections: { events }, incarnation }: Handle,
  { session }: Attempt,
  part: SlotPart,
  from: Place,
  { head, more }: Sequenced,
  limit: number,
): Promise<FeedPage> {
  const find = (from: number, to: number) =>
    events
      .find(eventsBetween(part, from, to), { session })
      .sort(FEED_ORDER)
      .hint(FEED_ORDER)
  const most = Math.max(1, Math.min(limit, MOST))
  const { page, last, count, isCut } = await firstBatch(part, find(from.lsn, head).limit(most).batchSize(most))
  const isFull = last?.lsn !== undefined && (isCut || count >= most)
  const readTo = isFull ? (last.lsn as number) : Math.max(head, from.lsn)
  const caughtUp = readTo >= head && !more
  const isWhole = !isFull || last.stream.version === last.append.last
  const place = { lsn: readTo, last: last === undefined ? from.last : placedEvent(last) }
  return {
    events: isWhole ? page : await withRest(part, page, readTo, find(readTo - 1, readTo)),
    continuation: encodeContinuation(part.range, incarnation, place),
    caughtUp,
    readTo,
    // Events without an LSN are not counted yet.
    behind: caughtUp ? 0 : Math.max(1, head - readTo),
  }
}

const feedEvent = ({ range }: SlotPart, event: StoredEvent): FeedEvent => ({
  event: toDocument(event),
  position: { lsn: event.lsn as number, hash: event.hash, version: event.stream.version },
  range,
  appendId: event.append.id,
})

type Batch = {
  readonly page: readonly FeedEvent[]
  /** The last event that was read, or a placeholder. */
  readonly last: StoredEvent | undefined
  readonly count: number
  readonly isCut: boolean
}

// A response of the server has at most 16 MiB, which fits into memory. Each document is released as soon as it was
// converted to an event.
async function firstBatch(part: SlotPart, cursor: FindCursor<StoredEvent>): Promise<Batch> {
  try {
    const page: FeedEvent[] = []
    let last: StoredEvent | undefined
    let count = 0
    if (!(await cursor.hasNext())) return { page, last, count, isCut: false }
    for (;;) {
      const [event] = cursor.readBufferedDocuments(1)
      if (event === undefined) return { page, last, count, isCut: cursor.id !== undefined && !cursor.id.isZero() }
      count++
      last = event
      if (event.eventType !== HUSK) page.push(feedEvent(part, event))
    }
  } finally {
    await cursor.close()
  }
}

// A large append is read completely once its first events were read.
async function withRest(
  part: SlotPart,
  page: readonly FeedEvent[],
  lsn: number,
  cursor: FindCursor<StoredEvent>,
): Promise<FeedEvent[]> {
  const whole = await cursor.toArray()
  const events = whole.filter(({ eventType }) => eventType !== HUSK).map((event) => feedEvent(part, event))
  return [...page.filter(({ position }) => position.lsn !== lsn), ...events]
}
