import type { EventDocument } from '../port/event-document.ts'

/** The clause for what is stored but cannot be decoded; see `FeedEvent.fault`. */
export const UNREADABLE = 'cannot be read as an event'

/**
 * Stands for an event that cannot be decoded. Its type is empty, which no event's is.
 *
 * @param streamId empty if it is unknown
 * @param version 0 if it is unknown
 */
export const unreadableEvent = (streamId: string, version: number): EventDocument => ({
  id: `${streamId}:${version}`,
  stream: { id: streamId, version },
  eventType: '',
  eventData: {},
  metadata: { eventId: '', recordedAt: '' },
})
