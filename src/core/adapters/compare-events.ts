import type { EventDocument } from '../port/event-document.ts'

/** Compares texts by code point, as databases do that compare bytes of UTF-8; `<` compares UTF-16 code units. */
export const compareTexts = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))

type Recorded = {
  readonly stream: EventDocument['stream']
  readonly metadata: Pick<EventDocument['metadata'], 'recordedAt'>
}

/** The order of event queries: time of recording, then the stream's id by code point, then version. */
export const compareEvents = (a: Recorded, b: Recorded): number =>
  compareTexts(a.metadata.recordedAt, b.metadata.recordedAt) ||
  compareTexts(a.stream.id, b.stream.id) ||
  a.stream.version - b.stream.version
