import { UNREADABLE, unreadableEvent } from '../../../core/adapters/unreadable-event.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { type StoredEvent, toDocument } from '../documents.ts'
import { type DecodedItem, type EventDecoder, placedEvents } from '../feed/feed-events.ts'
import { documentFault } from './document-fault.ts'

/** As `toFeedEvents`, with what is wrong with each document by itself, and with placeholders. */
export const toCheckedEvents: EventDecoder = (items, range) => {
  const events = placedEvents(items, range, decode)
  return events.map((one, i) => (one.fault === undefined ? withAppendFault(one, events[i - 1]) : one))
}

function decode(item: StoredEvent): DecodedItem {
  try {
    return { event: toDocument(item), fault: documentFault(item) }
  } catch (error) {
    if (!(error instanceof StorageCorrupt)) throw error
    const { id, version } = (item.stream ?? {}) as Partial<StoredEvent['stream']>
    const isKnown = typeof id === 'string' && Number.isSafeInteger(version)
    return { event: isKnown ? unreadableEvent(id, version as number) : unreadableEvent('', 0), fault: UNREADABLE }
  }
}

// All events of an append share its LSN, and no others of their stream do.
function withAppendFault(one: FeedEvent, before: FeedEvent | undefined): FeedEvent {
  const { lsn, hash, version } = one.position
  const isSame = before !== undefined && before.position.lsn === lsn && before.position.hash === hash
  if (!isSame || (before.appendId === one.appendId && before.position.version === version - 1)) return one
  return { ...one, fault: 'does not belong to the append whose LSN it has' }
}
