import { NotCopyable } from '../core/errors/copy.ts'
import { recordedTime } from '../core/events/recorded-time.ts'
import type { EventDocument, NewEventDocument } from '../core/port/event-document.ts'

/** An event on its way to the target, and its recording time. */
export type CopyableEvent = {
  readonly version: number
  readonly event: NewEventDocument
  readonly recordedAt: Date
}

const FIELDS: ReadonlySet<string> = new Set(['id', 'stream', 'eventType', 'eventData', 'metadata'])

/**
 * The event to append so that the target contains the same document. What Tidemark wrote can always be copied; another
 * program may have written something that other storages cannot represent.
 *
 * @throws NotCopyable
 */
export function toCopyable(document: EventDocument): CopyableEvent {
  const { id, stream, eventType, eventData } = document
  const { recordedAt: time, ...metadata } = document.metadata
  const refuse = (reason: string) => new NotCopyable(stream.id, stream.version, reason)
  const unknown = Object.keys(document).find((field) => !FIELDS.has(field))
  if (unknown !== undefined) throw refuse(`no other storage can represent its field ${JSON.stringify(unknown)}`)
  if (id !== `${stream.id}:${stream.version}`) throw refuse(`its document id is ${JSON.stringify(id)}`)
  const recordedAt = recordedTime(time)
  if (recordedAt === undefined) throw refuse(`its recording time ${JSON.stringify(time)} is invalid`)
  return { version: stream.version, event: { eventType, eventData, metadata }, recordedAt }
}
