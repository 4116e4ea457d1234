import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import { type EventDocument, HUSK } from '../../../core/port/event-document.ts'
import { containsHash } from '../../../core/positions/hash-interval.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import { appendIdOf, type StoredEvent, toDocument } from '../documents.ts'
import { hashOf } from '../partitions/hash.ts'

/** Converts the documents of a server's page to events of a range. */
export type EventDecoder = (items: readonly StoredEvent[], range: FeedRange) => FeedEvent[]

/** The event in a document, and what is wrong with it, if anything. */
export type DecodedItem = { readonly event: EventDocument; readonly fault?: string | undefined }

/** The events among the documents of a server's page that are in a range, in position order, placeholders excepted. */
export const toFeedEvents: EventDecoder = (items, range) =>
  placedEvents(items, range, (item) => (item.eventType === HUSK ? undefined : { event: toDocument(item) }))

/**
 * The events among the documents of a server's page that are in a range, in position order. The server's own order
 * within one LSN is not specified.
 *
 * @param decode returns undefined for what is left out
 */
export function placedEvents(
  items: readonly StoredEvent[],
  range: FeedRange,
  decode: (item: StoredEvent) => DecodedItem | undefined,
): FeedEvent[] {
  const hashes = new Map<string, string>()
  const events: FeedEvent[] = []
  for (const item of items) {
    const decoded = decode(item)
    if (decoded === undefined) continue
    const { event, fault } = decoded
    const { id, version } = event.stream
    // What belongs to no stream has no hash.
    const hash = hashes.get(id) ?? (id === '' ? range.min : hashOf(id))
    hashes.set(id, hash)
    // The server was asked for the range alone, but this does not rely on it.
    if (!containsHash(range, hash)) continue
    const lsn = item._lsn as number
    events.push({
      event,
      position: { lsn, hash, version },
      range: { min: range.min, max: range.max },
      appendId: appendIdOf(item, lsn, id),
      ...(fault !== undefined && { fault }),
    })
  }
  return events.sort((a, b) => comparePositions(a.position, b.position))
}
