import type { EventDocument, NewEventDocument } from '../../core/port/event-document.ts'

/** The default recording time of the given events. */
export const RECORDED_AT = '2026-01-01T00:00:00.000Z'

/** An event as a storage would return it: without what JSON cannot represent. */
export function asRecorded(
  streamId: string,
  version: number,
  { eventType, eventData, metadata }: NewEventDocument,
  recordedAt: string = RECORDED_AT,
): EventDocument {
  const document = { eventType, eventData, metadata: { ...metadata, recordedAt } }
  return { id: `${streamId}:${version}`, stream: { id: streamId, version }, ...JSON.parse(JSON.stringify(document)) }
}
