import { StreamDeleted } from '../../../core/errors/append.ts'
import { InvalidStreamId } from '../../../core/errors/input.ts'
import { StorageCorrupt } from '../../../core/errors/storage.ts'
import type { EventLog, LoadedStream, ReadOptions } from '../../../core/port/event-log.ts'

/** Why a stream has no events to compare: `invalid` if no stream can have this id. */
export type Unloaded = 'deleted' | 'damaged' | 'invalid'

/** Loads a stream whose id may have been edited, and whose events may be gone. */
export async function loadStream(
  events: Pick<EventLog, 'load'>,
  streamId: string,
  options: ReadOptions,
): Promise<LoadedStream | Unloaded> {
  try {
    return await events.load(streamId, options)
  } catch (error) {
    if (error instanceof StreamDeleted) return 'deleted'
    if (error instanceof InvalidStreamId) return 'invalid'
    // A stream that lacks events may be refused as a whole.
    if (error instanceof StorageCorrupt) return 'damaged'
    throw error
  }
}
