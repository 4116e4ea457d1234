import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import { containsHash } from '../../../core/positions/hash-interval.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import { hashOf } from '../partitions/hash.ts'

/**
 * The events among the documents of a server's page that are in a range, in position order. The server's own order
 * within one LSN is not specified.
 */
export function toFeedEvents(items: readonly StoredEvent[], range: FeedRange): FeedEvent[] {
  const hashes = new Map<string, string>()
  const events: FeedEvent[] = []
  for (const item of items) {
    if (item.eventType === HUSK) continue
    const event = toDocument(item)
    const { id, version } = event.stream
    const hash = hashes.get(id) ?? hashOf(id)
    hashes.set(id, hash)
    // The server was asked for the range alone, but this does not rely on it.
    if (!containsHash(range, hash)) continue
    const lsn = item._lsn as number
    events.push({
      event,
      position: { lsn, hash, version },
      range: { min: range.min, max: range.max },
      appendId: typeof item.appendId === 'string' ? item.appendId : `${lsn}@${id}`,
    })
  }
  return events.sort((a, b) => comparePositions(a.position, b.position))
}
