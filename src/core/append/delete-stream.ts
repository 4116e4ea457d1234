import { StreamDeleted } from '../errors/append.ts'
import { stampEvents } from '../events/stamp-events.ts'
import { type NewEventDocument, TOMBSTONE } from '../port/event-document.ts'
import type { AppendOptions } from '../port/event-log.ts'
import type { StoragePort } from '../port/storage.ts'
import type { PositionToken } from '../positions/position-token.ts'
import { uuidOf } from './uuid.ts'

/** The result of a deletion. */
export type DeletedStreamResult = {
  /**
   * The position of the tombstone: a view that `waitFor` returns for it no longer contains the stream. Null only if the
   * stream was ended by other means than `deleteStream`, so that its tombstone has another event id.
   */
  readonly position: PositionToken | null
}

const CHUNK = 1000

/**
 * Deletes a stream: ends it with a tombstone, then erases its events and its snapshot. After an interruption, calling
 * it again resumes; a stream that is already deleted stays so.
 *
 * @throws WrongExpectedVersion, StreamNotFound
 */
export async function deleteStream(
  storage: Pick<StoragePort, 'events' | 'snapshots' | 'writerSeal'>,
  streamId: string,
  options: AppendOptions = { expectedVersion: 'any' },
): Promise<DeletedStreamResult> {
  const position = await endStream(storage, streamId, options)
  while (!(await storage.events.erase(streamId, { limit: CHUNK })).done);
  // Last, so that it also removes a snapshot that was being saved when the stream ended.
  await storage.snapshots.remove(streamId)
  return { position }
}

async function endStream(
  { events, writerSeal }: Pick<StoragePort, 'events' | 'writerSeal'>,
  streamId: string,
  options: AppendOptions,
): Promise<PositionToken | null> {
  try {
    // The id is always the same, so that a repeat finds the tombstone.
    const marker = { eventType: TOMBSTONE, eventData: {}, metadata: { eventId: uuidOf(TOMBSTONE, streamId) } }
    const [stamped] = stampEvents(writerSeal, streamId, [marker], options.expectedVersion) as [NewEventDocument]
    return (await events.tombstone(streamId, { metadata: stamped.metadata }, options)).position
  } catch (error) {
    if (error instanceof StreamDeleted) return null
    throw error
  }
}
