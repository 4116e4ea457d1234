import { uuidOf } from '../core/append/uuid.ts'
import { StreamDeleted, StreamNotFound, WrongExpectedVersion } from '../core/errors/append.ts'
import type { FeedEvent } from '../core/port/change-feed.ts'
import { HUSK, type NewEventDocument } from '../core/port/event-document.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { isErased } from '../core/reading/is-erased.ts'
import { type CopyableEvent, toCopyable } from './to-new-event.ts'
import { toCopyError } from './write-append.ts'

/**
 * Copies a tombstone to its version. Placeholders are appended for events below it that were erased at the source; if
 * all of them were, all are erased at the target, too.
 *
 * @throws CopyDiverged, NotCopyable
 */
export async function endStream(source: StoragePort, target: StoragePort, tombstone: FeedEvent): Promise<void> {
  const streamId = tombstone.event.stream.id
  const copyable = toCopyable(tombstone.event)
  for (;;) {
    const head = await mark(target, streamId, copyable)
    if (head === 'marked') break
    await fill(target, streamId, head, copyable)
  }
  if (!(await isErased(source, { streamId, hash: tombstone.position.hash }, 1))) return
  while (!(await target.events.erase(streamId, { limit: 1000 })).done);
}

async function mark(
  { events }: StoragePort,
  streamId: string,
  { version, event: { metadata }, recordedAt }: CopyableEvent,
): Promise<'marked' | number> {
  try {
    await events.tombstone(streamId, { metadata }, { expectedVersion: version - 1, recordedAt })
    return 'marked'
  } catch (error) {
    if (error instanceof StreamNotFound) return 0
    if (error instanceof WrongExpectedVersion && error.actual < version) return error.actual
    throw toCopyError(error, streamId, version)
  }
}

/** Appends placeholders up to the tombstone. */
async function fill({ events, limits }: StoragePort, streamId: string, head: number, tombstone: CopyableEvent) {
  const { version: end, recordedAt } = tombstone
  for (let version = head; version < end - 1; ) {
    const count = Math.min(limits.eventsPerAppend, end - 1 - version)
    const placeholders = Array.from({ length: count }, (_, i) => placeholder(streamId, version + 1 + i))
    try {
      await events.append(streamId, placeholders, { expectedVersion: version, recordedAt })
    } catch (error) {
      // Another copy is doing the same: the tombstone's append reports the current version.
      if (error instanceof WrongExpectedVersion || error instanceof StreamDeleted) return
      throw toCopyError(error, streamId, version)
    }
    version += count
  }
}

// Its id is always the same, so that a repeat finds what it wrote before.
const placeholder = (streamId: string, version: number): NewEventDocument => ({
  eventType: HUSK,
  eventData: {},
  metadata: { eventId: uuidOf(HUSK, streamId, String(version)) },
})
