import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { NewEventDocument } from '../../../src/core/port/event-document.ts'

/** New events of one type, numbered in their data. */
export const someEvents = (count: number, extra: Record<string, string> = {}): NewEventDocument[] =>
  Array.from({ length: count }, (_, i) => ({
    eventType: 'Counted',
    eventData: { number: i + 1, ...extra },
    metadata: { eventId: uuidV7() },
  }))
