import type { EventDocument } from '../../../core/port/event-document.ts'

/** The order of queries: when it was recorded, the stream's id by code point, the version. */
export function compareEvents(a: EventDocument, b: EventDocument): number {
  return (
    compareTexts(a.metadata.recordedAt, b.metadata.recordedAt) ||
    compareTexts(a.stream.id, b.stream.id) ||
    a.stream.version - b.stream.version
  )
}

const compareTexts = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)))
