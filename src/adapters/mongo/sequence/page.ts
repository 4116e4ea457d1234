import type { FindCursor } from 'mongodb'
import type { FeedEvent, FeedPage } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import type { Attempt } from '../client/run.ts'
import { encodeContinuation } from '../continuation.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Sequenced } from './sequencer.ts'
import { eventsBetween, FEED_ORDER, type SlotPart } from './slot-part.ts'

const MOST = 10_000

/** A page of what has LSNs: so many events, or as many as an answer of the server takes, and no append is cut. */
export async function readPage(
  { collections: { events }, incarnation }: Handle,
  { session }: Attempt,
  part: SlotPart,
  behind: number,
  { head, more }: Sequenced,
  limit: number,
): Promise<FeedPage> {
  const find = (from: number, to: number) =>
    events
      .find(eventsBetween(part, from, to), { session })
      .sort(FEED_ORDER)
      .hint(FEED_ORDER)
  const most = Math.max(1, Math.min(limit, MOST))
  const found = await firstBatch(find(behind, head).limit(most).batchSize(most))
  const last = found.documents.at(-1)
  const isFull = last?.lsn !== undefined && (found.isCut || found.documents.length >= most)
  const readTo = isFull ? (last.lsn as number) : Math.max(head, behind)
  let page = found.documents
  if (isFull && last.stream.version < last.append.last) {
    const rest = await find(readTo - 1, readTo).toArray()
    page = [...page.filter(({ lsn }) => lsn !== readTo), ...rest]
  }
  return {
    events: page.filter(({ eventType }) => eventType !== HUSK).map((event) => feedEvent(part, event)),
    continuation: encodeContinuation(part.range, readTo, incarnation),
    caughtUp: readTo >= head && !more,
    readTo,
  }
}

const feedEvent = ({ range }: SlotPart, event: StoredEvent): FeedEvent => ({
  event: toDocument(event),
  position: { lsn: event.lsn as number, hash: event.hash, version: event.stream.version },
  range,
  appendId: event.append.id,
})

// An answer of the server takes 16 MiB at most: enough to be held in memory at once.
async function firstBatch(
  cursor: FindCursor<StoredEvent>,
): Promise<{ readonly documents: readonly StoredEvent[]; readonly isCut: boolean }> {
  try {
    if (!(await cursor.hasNext())) return { documents: [], isCut: false }
    const documents = cursor.readBufferedDocuments()
    return { documents, isCut: cursor.id !== undefined && !cursor.id.isZero() }
  } finally {
    await cursor.close()
  }
}
