import { StreamDeleted } from './errors/append.ts'
import type { AppendOptions, EventLog } from './port/event-log.ts'
import { uuidV7 } from './uuid.ts'

/**
 * Deletes a stream: ends it with a tombstone, then erases its events. When it was interrupted, calling it again goes
 * on; a stream that is deleted already stays so.
 *
 * @throws WrongExpectedVersion, StreamNotFound
 */
export async function deleteStream(
  storage: { readonly events: EventLog },
  streamId: string,
  options: AppendOptions = { expectedVersion: 'any' },
): Promise<void> {
  try {
    await storage.events.tombstone(streamId, { metadata: { eventId: uuidV7() } }, options)
  } catch (error) {
    if (!(error instanceof StreamDeleted)) throw error
  }
  while (!(await storage.events.erase(streamId, { limit: 1000 })).done);
}
