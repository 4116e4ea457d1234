import assert from 'node:assert/strict'
import { uuidV7 } from '../../../core/append/uuid.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { EventDocument, NewEventDocument } from '../../../core/port/event-document.ts'
import type { AppendResult } from '../../../core/port/event-log.ts'
import type { StoragePort } from '../../../core/port/storage.ts'

/** After this many steps without an end, a case fails instead of continuing forever. */
export const ENOUGH = 5_000

/** An event to append. */
export const event = (
  eventId: string = uuidV7(),
  eventData: JsonObject = { of: eventId },
  eventType = 'Happened',
): NewEventDocument => ({ eventType, eventData, metadata: { eventId } })

/** That many events with new ids. */
export const events = (count: number): NewEventDocument[] => Array.from({ length: count }, () => event())

/** One event for each of these ids. */
export const eventsNamed = (...ids: readonly string[]): NewEventDocument[] => ids.map((id) => event(id))

/** Appends that many new events, at any version. */
export const grow = (storage: StoragePort, streamId: string, count = 1): Promise<AppendResult> =>
  storage.events.append(streamId, events(count), { expectedVersion: 'any' })

/** Fills a stream with more events than an append may hold. */
export async function fill(storage: StoragePort, streamId: string, count: number): Promise<void> {
  const most = Math.min(500, storage.limits.eventsPerAppend)
  for (let left = count; left > 0; left -= most) await grow(storage, streamId, Math.min(most, left))
}

/** All values of an async iterable. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of iterable) all.push(item)
  return all
}

/** The event ids of documents. */
export const idsOf = (documents: readonly EventDocument[]): string[] =>
  documents.map(({ metadata }) => metadata.eventId)

/** The versions of documents. */
export const versionsOf = (documents: readonly EventDocument[]): number[] =>
  documents.map(({ stream }) => stream.version)

/** The whole numbers from `first` to `last`. */
export const numbers = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)

/** Ends a stream and erases its events. */
export async function deleteWhole(storage: StoragePort, streamId: string): Promise<void> {
  await storage.events.tombstone(streamId, { metadata: { eventId: uuidV7() } }, { expectedVersion: 'any' })
  await eraseWhole(storage, streamId)
}

/** Erases the events of an ended stream, `limit` at a time. */
export async function eraseWhole(storage: StoragePort, streamId: string, limit?: number): Promise<void> {
  for (let call = 0; call < ENOUGH; call++) {
    const { done } = await storage.events.erase(streamId, limit === undefined ? {} : { limit })
    if (done) return
  }
  assert.fail(`${streamId} is not erased after ${ENOUGH} calls`)
}
