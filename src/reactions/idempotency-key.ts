import { uuidOf } from '../core/append/uuid.ts'
import type { EventDocument } from '../core/port/event-document.ts'

/** The key of all calls of a reaction's handler for an event. */
export const idempotencyKeyOf = (
  reaction: string,
  { streamId, metadata }: { readonly streamId: string; readonly metadata: Pick<EventDocument['metadata'], 'eventId'> },
): string => uuidOf(reaction, streamId, metadata.eventId)
